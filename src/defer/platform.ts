import type { WaitUntil } from './wait-until.ts';

type Host = {
  process?: { env?: Record<string, string | undefined>; versions?: Record<string, string | undefined> };
};
type RequestContext = { get?(): { waitUntil?: WaitUntil } | undefined };

/** Vercel's functions, and hosts of Next, keep the context of a request here. */
const VERCEL = Symbol.for('@vercel/request-context');
const NEXT = Symbol.for('@next/request-context');
const host = globalThis as { [VERCEL]?: RequestContext; [NEXT]?: RequestContext };

/** The `waitUntil` that the platform offers to the request that runs. */
export function platformWaitUntil(): WaitUntil | undefined {
  const context = host[VERCEL] ?? host[NEXT];
  if (context === undefined) return undefined;
  const request = context.get?.();
  return request?.waitUntil && ((promise) => request.waitUntil!(promise));
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
