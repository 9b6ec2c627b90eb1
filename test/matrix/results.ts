export const CASE_NAMES = [
  'dispatch',
  'after response',
  'discard',
  'batch',
  'subscription',
  'trace',
  'drain',
] as const;

/** The spans of an event and of what its listener dispatches. Each attempt is below its dispatch, without a context manager. */
export const SPANS = [
  'create noted',
  'process noted below create noted',
  'create chained',
  'process chained below create chained',
];
export type CaseName = (typeof CASE_NAMES)[number];

/** The result of one case. `failed` and `unsupported` come with a reason. */
export type Result =
  | { readonly is: 'ok' }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'unsupported'; readonly reason: string };
export type Results = Record<CaseName, Result>;

/** Gives all cases the same result. */
export function forAll(result: Result): Results {
  return Object.fromEntries(CASE_NAMES.map((name) => [name, result])) as Results;
}
