import { inEnvironment, type Platform } from './platform.ts';

/** Azure Functions. Work that goes on after a function has returned is not counted as work: the host may be stopped. */
export const azure: Platform = {
  freezes: true,
  isHere: () => inEnvironment('FUNCTIONS_WORKER_RUNTIME'),
};
