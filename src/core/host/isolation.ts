import { builtin } from './builtin.ts';

const { navigator } = globalThis as { navigator?: { userAgent?: string } };

/**
 * True on Cloudflare Workers. There, each request does only its own I/O: work that one request starts is canceled with
 * it, and a promise that only another request resolves is treated as one that never will. Both the module and the
 * navigator are checked: old compatibility dates have no navigator, and a bundler may not know the condition `workerd`.
 */
export const requestsAreIsolated =
  navigator?.userAgent === 'Cloudflare-Workers' || builtin('cloudflare:workers') !== undefined;

/** How often a request on Workers checks what another request has done, in ms. */
export const LOOK_EVERY = 10;
