import { runtimeVersion, type Platform } from './platform.ts';

/** A process that goes on until it is told to end. The last one asked: many others pass for it. */
export const node: Platform = {
  freezes: false,
  isHere: () => runtimeVersion('node') !== undefined,
};
