import { builtin } from '../../core/host/builtin.ts';
import { requestsAreIsolated } from '../../core/host/isolation.ts';
import { type KeepingPlatform, waitUntilOf } from './platform.ts';

/** Needs no flag where the bundler knows the condition `workerd`, as wrangler does; else `nodejs_compat`. */
const workers = builtin('cloudflare:workers');

/**
 * Cloudflare Workers. Nothing runs after the response but what a `waitUntil` was given before it. With `nodejs_compat`
 * they pass for Node; this name they always have.
 */
export const cloudflare: KeepingPlatform = {
  freezes: true,
  isHere: () => requestsAreIsolated,
  waitUntil: () => waitUntilOf(workers),
};
