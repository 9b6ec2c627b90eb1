import { runtimeVersion, type Platform } from './platform.ts';

/** A process that goes on. It gives no diagnostics of its servers, so without a response on ctx the flush is on a timer. */
export const bun: Platform = {
  freezes: false,
  isHere: () => runtimeVersion('bun') !== undefined,
};
