import { inEnvironment, type Platform } from './platform.ts';

/** Cloud Run and Cloud Functions. With CPU during requests alone, the default, there is next to none after a response. */
export const googleCloud: Platform = {
  freezes: true,
  isHere: () => inEnvironment('K_SERVICE', 'FUNCTION_TARGET'),
};
