/** A server that is run by the recipes that stop a process. Its journal outlives it. */
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { auto } from '../../src/index.ts';
import type { DeferStrategy } from '../../src/index.ts';
import { e, t } from './app.ts';

/** A moment at which a call stops for good, and says so. */
export type Seam = 'before the response' | 'between response and flush' | 'in mid-flush';
/** The work that a call is asked to do. */
export interface Work {
  readonly token: string;
  /** Time that the call takes, in ms. */
  readonly time?: number;
  readonly listenerTime?: number;
  /** True if the call stays open until the process is told to end. */
  readonly untilTold?: boolean;
  readonly seam?: Seam;
}
/** A message from the process to its parent. */
export type Message = { readonly url: string } | { readonly at: Seam | 'open'; readonly token: string };

const [, , journal] = process.argv as [string, string, string];
const tell = (message: Message) => process.send!(message);
const never = () => new Promise<never>(() => {});
const works = new Map<string, Work>();
const told = once(process, 'SIGTERM');

/** Stops for good if the call asked to stop at this seam. */
async function stopAt(seam: Seam, token: string): Promise<void> {
  if (works.get(token)?.seam !== seam) return;
  tell({ at: seam, token });
  await never();
}

const router = e.router();
for (const name of ['first', 'second']) {
  router.on(
    'work.*',
    async ({ event }) => {
      const { token } = event.payload;
      if (name === 'second') await stopAt('in mid-flush', token);
      await sleep(works.get(token)?.listenerTime ?? 0);
      appendFileSync(journal, `${token}\t${name}\n`);
    },
    { name },
  );
}

/** The strategy `auto()`, wrapped below so that it may stop when it would flush. */
const base = auto();
const defer: DeferStrategy<{ token: string }> = {
  ...base,
  start(flush, call) {
    // Read the token now, because the call lets go of its ctx later.
    const { token } = call.ctx;
    return base.start(async (options) => {
      await stopAt('between response and flush', token);
      await flush(options);
    }, call);
  },
};
const bus = e.bus({ handlers: [router] });
const appRouter = t.router({
  work: t.procedure
    .input((input) => input as Work)
    .use(async ({ next, getRawInput }) => next({ ctx: { token: ((await getRawInput()) as Work).token } }))
    .use(bus.middleware({ defer }))
    .mutation(async ({ ctx, input }) => {
      works.set(input.token, input);
      tell({ at: 'open', token: input.token });
      ctx.dispatch('work.done', { token: input.token });
      await stopAt('before the response', input.token);
      if (input.untilTold) await told;
      await sleep(input.time ?? 0);
      ctx.dispatch('work.noted', { token: `${input.token}, at its end` });
    }),
});
export type AppRouter = typeof appRouter;

const server = createHTTPServer({ router: appRouter });
server.listen(0, () => {
  const { port } = server.address() as { port: number };
  tell({ url: `http://localhost:${port}` });
});

// Do what README and docs/delivery.md say: take no more requests, and let open calls and their events end.
process.on('SIGTERM', () => {
  server.close();
  // Only the exit code shows that a bus never closed, because the process ends when it has nothing to do.
  process.exitCode = 1;
  void bus.close().then(() => (process.exitCode = 0));
});
