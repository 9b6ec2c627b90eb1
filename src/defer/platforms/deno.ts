import { mayRead } from '../../core/host/environment.ts';
import { type Platform, runtimeVersion } from './platform.ts';

/** Variables that tell whether Deno runs on a platform that freezes it. */
const VARIABLES = ['AWS_LAMBDA_FUNCTION_NAME', 'K_SERVICE'];
const isDeno = () => runtimeVersion('deno') !== undefined;

/** Deno's process lives on. The signals of its requests abort even after successful answers. */
export const deno: Platform = {
  freezes: false,
  isHere: () => isDeno() && VARIABLES.every(mayRead),
};

/** Deno without permission to read the variables: it may run on any of these platforms, such as Cloud Run. */
export const denoSomewhere: Platform = {
  freezes: true,
  isHere: isDeno,
  doubt: `auto() may not read ${VARIABLES.join(' and ')}, which tell whether Deno runs on a platform that freezes it (--allow-env=${VARIABLES.join(',')} lets it)`,
};
