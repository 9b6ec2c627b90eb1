import { variable } from '../../core/host/environment.ts';
import { inEnvironment, type ContextHolder, type KeepingPlatform, waitUntilOf } from './platform.ts';

/** Where the functions of Vercel keep the context of the request that runs: `waitUntil` of `@vercel/functions` reads it. */
const CONTEXT = Symbol.for('@vercel/request-context');
const host = globalThis as { [CONTEXT]?: ContextHolder };

/**
 * Vercel's functions. An instance may be suspended when the promises given to `waitUntil` have settled. `vercel env pull`
 * sets `VERCEL` on a developer's machine too, beside `VERCEL_ENV=development`: that process lives on.
 */
export const vercel: KeepingPlatform = {
  freezes: true,
  isHere: () => inEnvironment('VERCEL') && variable('VERCEL_ENV') !== 'development',
  waitUntil: () => waitUntilOf(host[CONTEXT]?.get?.()),
};
