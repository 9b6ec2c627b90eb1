import { builtin } from './builtin.ts';

const { navigator } = globalThis as { navigator?: { userAgent?: string } };

/**
 * Cloudflare Workers. There, each request does its own I/O alone: what is begun in one is cancelled with it, and a
 * promise that only another one resolves passes for one that never will. Told by its module too, since old compatibility
 * dates have no navigator, and by its navigator, since a bundler may not know the condition `workerd`.
 */
export const requestsAreIsolated =
  navigator?.userAgent === 'Cloudflare-Workers' || builtin('cloudflare:workers') !== undefined;

/** How often a request there looks for what another has done, in ms. */
export const LOOK_EVERY = 10;
