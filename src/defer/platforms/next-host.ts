import { waitUntilAt, type Platform } from './platform.ts';

/** The key under which Next's own `after` looks for its host's `waitUntil`. `next start` and `next dev` set none. */
const CONTEXT = Symbol.for('@next/request-context');

/** Any host of Next that says how to keep a request alive. Other platforms of the list tell what it runs on. */
export const nextHost: Platform = {
  freezes: true,
  isHere: () => false,
  waitUntil: () => waitUntilAt(CONTEXT),
};
