import { builtin } from '../../core/host/builtin.ts';
import { requestsAreIsolated } from '../../core/host/isolation.ts';
import { type KeepingPlatform, waitUntilOf } from './platform.ts';

/** The module needs no flag if the bundler knows the condition `workerd`, like wrangler. Otherwise it needs `nodejs_compat`. */
const workers = builtin('cloudflare:workers');

/**
 * Cloudflare Workers. Work goes on after the response only if a `waitUntil` got it before. With `nodejs_compat`,
 * Workers pass for Node, so they are recognized by their own module or user agent.
 */
export const cloudflare: KeepingPlatform = {
  freezes: true,
  isHere: () => requestsAreIsolated,
  waitUntil: () => waitUntilOf(workers),
};
