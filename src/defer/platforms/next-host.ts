import { waitUntilOf, type ContextHolder, type KeepingPlatform } from './platform.ts';

/** The key under which Next's own `after` looks for its host's `waitUntil`. `next start` and `next dev` set none. */
const CONTEXT = Symbol.for('@next/request-context');
const host = globalThis as { [CONTEXT]?: ContextHolder };

/** Any host of Next.js that offers a `waitUntil`. It is never the platform itself: others in the list recognize that. */
export const nextHost: KeepingPlatform = {
  freezes: true,
  isHere: () => false,
  waitUntil: () => waitUntilOf(host[CONTEXT]?.get?.()),
};
