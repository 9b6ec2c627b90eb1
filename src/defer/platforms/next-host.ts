import { waitUntilOf, type ContextHolder, type KeepingPlatform } from './platform.ts';

/** The key under which Next's own `after` looks for its host's `waitUntil`. `next start` and `next dev` set none. */
const CONTEXT = Symbol.for('@next/request-context');
const host = globalThis as { [CONTEXT]?: ContextHolder };

/** Any host of Next that says how to keep a request alive. Other platforms of the list tell what it runs on. */
export const nextHost: KeepingPlatform = {
  freezes: true,
  isHere: () => false,
  waitUntil: () => waitUntilOf(host[CONTEXT]?.get?.()),
};
