import { builtin } from '../core/scope/storage.ts';
import type { WaitUntil } from './wait-until.ts';

type Host = {
  process?: { env?: Record<string, string | undefined>; versions?: Record<string, string | undefined> };
  navigator?: { userAgent?: string };
};
type Offer = { waitUntil?: WaitUntil };
type RequestContext = { get?(): Offer | undefined };

/** Vercel's functions, and hosts of Next, keep the context of a request here. */
const VERCEL = Symbol.for('@vercel/request-context');
const NEXT = Symbol.for('@next/request-context');
const host = globalThis as { [VERCEL]?: RequestContext; [NEXT]?: RequestContext };
/** With the flag nodejs_compat. */
const cloudflare = builtin<Offer>('cloudflare:workers');

/** The `waitUntil` that the platform offers to the request that runs. */
export function platformWaitUntil(): WaitUntil | undefined {
  return offered(host[VERCEL]?.get?.()) ?? offered(host[NEXT]?.get?.()) ?? offered(cloudflare);
}

function offered(offer: Offer | undefined): WaitUntil | undefined {
  return offer?.waitUntil && ((promise) => offer.waitUntil!(promise));
}

/** Set on Lambda, Cloud Run, Cloud Functions and Azure Functions: they may freeze the process after the response. */
const FREEZING = ['AWS_LAMBDA_FUNCTION_NAME', 'K_SERVICE', 'FUNCTION_TARGET', 'FUNCTIONS_WORKER_RUNTIME'];

/** Whether the process may be frozen when the response has left; so too where it can't be told. */
export function mayFreeze(): boolean {
  const { process, navigator } = globalThis as Host;
  // It passes for Node, and runs nothing after the response but what was given to its waitUntil.
  if (navigator?.userAgent === 'Cloudflare-Workers') return true;
  const { node, bun, deno } = process?.versions ?? {};
  if (node === undefined && bun === undefined && deno === undefined) return true;
  return FREEZING.some((name) => process?.env?.[name]);
}
