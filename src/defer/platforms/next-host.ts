import { waitUntilOf, type ContextHolder, type KeepingPlatform } from './platform.ts';

/** Where Next's own `after` looks for the `waitUntil` of its host. `next start` and `next dev` put none there. */
const CONTEXT = Symbol.for('@next/request-context');
const host = globalThis as { [CONTEXT]?: ContextHolder };

/** Whatever hosts Next, and says how to keep a request alive; what it runs on is told by others of the list. */
export const nextHost: KeepingPlatform = {
  freezes: true,
  isHere: () => false,
  waitUntil: () => waitUntilOf(host[CONTEXT]?.get?.()),
};
