import { mayRead } from '../../core/host/environment.ts';
import { type Platform, runtimeVersion } from './platform.ts';

/** What tells the platforms that run Deno, too, and freeze it. */
const VARIABLES = ['AWS_LAMBDA_FUNCTION_NAME', 'K_SERVICE'];
const isDeno = () => runtimeVersion('deno') !== undefined;

/** A process that goes on. Its requests' signals abort after answers that went well, too. */
export const deno: Platform = {
  freezes: false,
  isHere: () => isDeno() && VARIABLES.every(mayRead),
};

/** It may run on whatever it may not read of, such as Cloud Run. */
export const denoSomewhere: Platform = {
  freezes: true,
  isHere: isDeno,
  doubt: `auto() may not read ${VARIABLES.join(' and ')}, which tell whether Deno runs on a platform that freezes it (--allow-env=${VARIABLES.join(',')} lets it)`,
};
