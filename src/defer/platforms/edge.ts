import type { Platform } from './platform.ts';

/** The edge runtimes of Vercel and Next.js, by the global that they define. Their `waitUntil` is in those two's contexts. */
export const edge: Platform = {
  name: 'an edge runtime',
  freezes: true,
  isHere: () => typeof (globalThis as { EdgeRuntime?: unknown }).EdgeRuntime === 'string',
};
