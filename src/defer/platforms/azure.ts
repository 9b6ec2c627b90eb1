import { inEnvironment, type Platform } from './platform.ts';

/** Azure Functions. Work after a function has returned doesn't count as work, so the host may be stopped. */
export const azure: Platform = {
  freezes: true,
  isHere: () => inEnvironment('FUNCTIONS_WORKER_RUNTIME'),
};
