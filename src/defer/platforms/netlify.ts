import { isObject } from '../../core/options.ts';
import { waitUntilOf, type Platform } from './platform.ts';

const host = () => (globalThis as { Netlify?: unknown }).Netlify;

/**
 * Netlify, recognized by its global, which has the context of the current request. Its functions run on Lambda; its
 * edge functions pass for Deno.
 */
export const netlify: Platform = {
  freezes: true,
  isHere: () => isObject(host()),
  waitUntil() {
    const found = host();
    return isObject(found) ? waitUntilOf(found['context']) : undefined;
  },
};
