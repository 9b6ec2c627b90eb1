import { inEnvironment, type Platform } from './platform.ts';

/**
 * AWS Lambda, with buffered and with streamed responses. The environment is frozen when the handler has resolved, and
 * nothing there accepts a promise.
 */
export const lambda: Platform = {
  freezes: true,
  isHere: () => inEnvironment('AWS_LAMBDA_FUNCTION_NAME'),
};
