import { runtimeVersion, type Platform } from './platform.ts';

/** Bun's process lives on. Its servers publish no diagnostics, so without a response on ctx the flush is on a timer. */
export const bun: Platform = {
  freezes: false,
  isHere: () => runtimeVersion('bun') !== undefined,
};
