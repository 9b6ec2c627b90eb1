import { runtimeVersion, type Platform } from './platform.ts';

/** Node's process lives on until it is told to end. Node is checked last, because many others pass for it. */
export const node: Platform = {
  freezes: false,
  isHere: () => runtimeVersion('node') !== undefined,
};
