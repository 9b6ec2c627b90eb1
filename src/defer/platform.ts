import type { WaitUntil } from './wait-until.ts';

type Host = {
  process?: { env?: Record<string, string | undefined>; versions?: Record<string, string | undefined> };
};
type RequestContext = { get?(): { waitUntil?: WaitUntil } | undefined };

/** Vercel's functions, and hosts of Next, keep the context of a request here. */
const CONTEXTS = [Symbol.for('@vercel/request-context'), Symbol.for('@next/request-context')];

/** The `waitUntil` that the platform offers to the request that runs. */
export function platformWaitUntil(): WaitUntil | undefined {
  for (const key of CONTEXTS) {
    const context = (globalThis as { [key: symbol]: RequestContext | undefined })[key]?.get?.();
    if (context?.waitUntil !== undefined) return (promise) => context.waitUntil!(promise);
  }
  return undefined;
}

/** Set on Lambda, Cloud Run, Cloud Functions and Azure Functions: they may freeze the process after the response. */
const FREEZING = ['AWS_LAMBDA_FUNCTION_NAME', 'K_SERVICE', 'FUNCTION_TARGET', 'FUNCTIONS_WORKER_RUNTIME'];

/** Whether the process may be frozen when the response has left; so too where it can't be told. */
export function mayFreeze(): boolean {
  const { process } = globalThis as Host;
  const { node, bun, deno } = process?.versions ?? {};
  if (node === undefined && bun === undefined && deno === undefined) return true;
  return FREEZING.some((name) => process?.env?.[name]);
}
