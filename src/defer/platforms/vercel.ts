import { variable } from '../../core/host/environment.ts';
import { inEnvironment, type ContextHolder, type KeepingPlatform, waitUntilOf } from './platform.ts';

/** The key of the current request's context in Vercel's functions. `waitUntil` of `@vercel/functions` reads it too. */
const CONTEXT = Symbol.for('@vercel/request-context');
const host = globalThis as { [CONTEXT]?: ContextHolder };

/**
 * Vercel's functions. An instance may be suspended when the promises given to `waitUntil` have settled. `vercel env
 * pull` also sets `VERCEL` on a developer's machine, with `VERCEL_ENV=development`; that process lives on.
 */
export const vercel: KeepingPlatform = {
  freezes: true,
  isHere: () => inEnvironment('VERCEL') && variable('VERCEL_ENV') !== 'development',
  waitUntil: () => waitUntilOf(host[CONTEXT]?.get?.()),
};
