import type { AnyCatalogTypes } from './catalog.ts';
import type { Matching } from './pattern.ts';

declare const noEventMatches: unique symbol;
/** The compile-time error for a pattern that selects no event of the catalog. */
export interface NoEventMatches<TPattern> {
  readonly [noEventMatches]: TPattern;
}

/** Any string. Editors suggest the catalog's names and prefixes. */
export type Pattern<T extends AnyCatalogTypes> = T['suggestion'] | (string & {});
/** A pattern, or a list, which selects names that match a positive pattern (if it has any) and no `!` pattern. */
export type Patterns<T extends AnyCatalogTypes> = Pattern<T> | readonly Pattern<T>[];

/** True if the pattern `P` selects no event. */
type MatchesNothing<T extends AnyCatalogTypes, P extends string> = P extends T['suggestion']
  ? false
  : [Matching<T['name'], P>] extends [never]
    ? true
    : false;

// `P` is used only in a false branch: in the true branch of `P extends T['suggestion']`, the compiler
// would infer to `P & T['suggestion']`, which costs milliseconds per call in a large catalog.
type Checked<T extends AnyCatalogTypes, P extends string> = P extends unknown
  ? MatchesNothing<T, P> extends true
    ? NoEventMatches<P>
    : P
  : never;

/** `P`, or the compile-time error for a pattern that selects no event. */
export type CheckedPatterns<T extends AnyCatalogTypes, P> = P extends string
  ? Checked<T, P>
  : P extends readonly (infer Item extends string)[]
    ? [WrongList<T, P>] extends [never]
      ? readonly (Checked<T, Item> | T['suggestion'])[] | [] // `[]` lets a literal list be inferred as a tuple
      : NoEventMatches<P>
    : never;

/** `P` if the list selects no event although each of its patterns selects one. */
type WrongList<T extends AnyCatalogTypes, P extends readonly string[]> = [Selected<T['name'], P>] extends [
  never,
]
  ? true extends MatchesNothing<T, P[number]>
    ? never
    : P
  : never;

/** The patterns of a handler that select no event. */
export type WrongPatterns<T extends AnyCatalogTypes, P> = P extends string
  ? WrongPattern<T, P>
  : P extends readonly string[]
    ? WrongPattern<T, P[number]> | WrongList<T, P>
    : never;
type WrongPattern<T extends AnyCatalogTypes, P extends string> = P extends unknown
  ? MatchesNothing<T, P> extends true
    ? P
    : never
  : never;

/**
 * The names that a pattern or a list of patterns selects. A list of unknown length may lack any of its items, so it may
 * select any event unless all its items are plain names.
 */
export type Selected<N extends string, P> = P extends string
  ? Matching<N, P>
  : P extends readonly (infer Item extends string)[]
    ? number extends P['length']
      ? [Item] extends [N]
        ? Item
        : N
      : Matching<N, Item>
    : never;

/** The discriminated union of the events that `P` selects. `any` for a wrong `P`, to report the error only once. */
export type EventOf<T extends AnyCatalogTypes, P> = [Selected<T['name'], P>] extends [never]
  ? any
  : T['event'][Selected<T['name'], P>];

/**
 * The events that a pattern, or a tuple of patterns, selects, as a union discriminated by `name`.
 *
 * @example
 * ```ts
 * import type { InferEvent } from 'trpc-events';
 * type UserEvent = InferEvent<typeof e, 'user.*'>;
 * ```
 */
export type InferEvent<
  TSource extends { readonly '~types': AnyCatalogTypes },
  P extends string | readonly string[] = '*',
> = EventOf<TSource['~types'], P>;
