import { inEnvironment, type Platform } from './platform.ts';

/** Cloud Run and Cloud Functions. By default, they have CPU only during requests, and almost none after a response. */
export const googleCloud: Platform = {
  freezes: true,
  isHere: () => inEnvironment('K_SERVICE', 'FUNCTION_TARGET'),
};
