const { navigator } = globalThis as { navigator?: { userAgent?: string } };

/**
 * Cloudflare Workers. There, each request does its own I/O alone: what is begun in one is cancelled with it, and a
 * promise that only another one resolves passes for one that never will.
 */
export const isWorkers = navigator?.userAgent === 'Cloudflare-Workers';

/** How often a request there looks for what another has done, in ms. */
export const LOOK_EVERY = 10;
