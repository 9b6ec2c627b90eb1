import { isObject } from '../../core/words/guards.ts';
import { type KeepingPlatform, waitUntilOf } from './platform.ts';

const host = () => (globalThis as { Netlify?: unknown }).Netlify;

/**
 * Netlify, recognized by its global, which has the context of the current request. Its functions run on Lambda; its
 * edge functions pass for Deno.
 */
export const netlify: KeepingPlatform = {
  freezes: true,
  isHere: () => isObject(host()),
  waitUntil() {
    const found = host();
    return isObject(found) ? waitUntilOf(found['context']) : undefined;
  },
};
