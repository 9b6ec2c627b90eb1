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

/** The first that is here counts; so those that run on others stand before them. */
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
/** What can't be told may be an isolate of any kind. */
const UNKNOWN: Platform = {
  freezes: true,
  isHere: () => true,
  doubt: 'auto() does not know this platform',
};

export function thisPlatform(): Platform {
  return PLATFORMS.find((platform) => platform.isHere()) ?? UNKNOWN;
}

/** How to begin a flush after the response: where a platform keeps the process alive, it does so for a while. */
export function afterwards(isKept: boolean, start: StartFlush): () => Promise<void> {
  return () => start(isKept ? { budget: WAIT_UNTIL_BUDGET } : undefined);
}

/** The `waitUntil` that a platform offers to the request that runs, whatever it runs on. */
export function platformWaitUntil(): WaitUntil | undefined {
  // Written out, because each call asks: a loop over all platforms costs several times as much.
  return (
    vercel.waitUntil() ??
    nextHost.waitUntil() ??
    cloudflare.waitUntil() ??
    netlify.waitUntil() ??
    edge.waitUntil()
  );
}

/** Says what is taken for granted of a platform that can't be told. */
export function tellOfDoubt({ doubt }: Platform): void {
  if (doubt === undefined) return;
  printLine(
    `${doubt}, and takes it that nothing keeps the process alive after a response: a flush starts before the call returns, and its caller waits for the listeners. To choose otherwise, give e.bus a \`defer\`: waitUntil(({ ctx }) => …) where the platform has one, afterResponse(({ ctx }) => ctx.res) where the process goes on, or inline() to keep it as it is, without this line.`,
  );
}
