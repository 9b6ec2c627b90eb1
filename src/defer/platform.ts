import { printLine } from '../core/report/line.ts';
import type { StartFlush } from '../core/types/defer.ts';
import { azure } from './platforms/azure.ts';
import { bun } from './platforms/bun.ts';
import { cloudflare } from './platforms/cloudflare.ts';
import { deno, denoSomewhere } from './platforms/deno.ts';
import { edge } from './platforms/edge.ts';
import { googleCloud } from './platforms/google-cloud.ts';
import { lambda } from './platforms/lambda.ts';
import { netlify } from './platforms/netlify.ts';
import { nextHost } from './platforms/next-host.ts';
import { node } from './platforms/node.ts';
import type { Platform } from './platforms/platform.ts';
import { vercel } from './platforms/vercel.ts';
import { WAIT_UNTIL_BUDGET, type WaitUntil } from './wait-until.ts';

/** The known platforms. The first one that is recognized counts, so a platform that runs on another one comes before it. */
const PLATFORMS: readonly Platform[] = [
  vercel,
  nextHost,
  cloudflare,
  netlify,
  lambda,
  googleCloud,
  azure,
  edge,
  bun,
  deno,
  denoSomewhere,
  node,
];
/** A platform that can't be recognized may be an isolate of any kind, so it is assumed to freeze. */
const UNKNOWN: Platform = {
  freezes: true,
  isHere: () => true,
  doubt: 'auto() does not know this platform',
};

export function thisPlatform(): Platform {
  return PLATFORMS.find((platform) => platform.isHere()) ?? UNKNOWN;
}

/** Returns a function that starts a flush, with a budget if a platform keeps the process alive, but only for a while. */
export function afterwards(isKept: boolean, start: StartFlush): () => Promise<void> {
  return () => start(isKept ? { budget: WAIT_UNTIL_BUDGET } : undefined);
}

/** Returns the `waitUntil` that any platform offers to the current request, whatever the process runs on. */
export function platformWaitUntil(): WaitUntil | undefined {
  // The platforms are written out, because each call runs this, and a loop costs several times as much.
  return (
    vercel.waitUntil() ??
    nextHost.waitUntil() ??
    cloudflare.waitUntil() ??
    netlify.waitUntil() ??
    edge.waitUntil()
  );
}

/** Prints what is assumed of a platform that can't be recognized. */
export function tellOfDoubt({ doubt }: Platform): void {
  if (doubt === undefined) return;
  printLine(
    `${doubt}, and takes it that nothing keeps the process alive after a response: a flush starts before the call returns, and its caller waits for the listeners. To choose otherwise, give e.bus a \`defer\`: waitUntil(({ ctx }) => …) where the platform has one, afterResponse(({ ctx }) => ctx.res) where the process goes on, or inline() to keep it as it is, without this line.`,
  );
}
