import { runtimeVersion, type Platform } from './platform.ts';

/** A process that goes on. Its requests' signals abort after answers that went well, too. */
export const deno: Platform = {
  name: 'Deno',
  freezes: false,
  isHere: () => runtimeVersion('deno') !== undefined,
};
