import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink } from '@trpc/client';
import { auto } from '../../../src/index.ts';
import { start } from '../../servers/start.ts';
import { e, inParallel, isDone, isDrained, onlyReports, t } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

const LISTENERS = ['first', 'second'];
const LINKS = { httpLink, httpBatchLink, httpBatchStreamLink };
const MOMENTS = ['never', 'at once', 'in mid-call', 'in mid-response'] as const;
/** An answer that is larger than the buffers of a connection that nobody reads. */
const LARGE = '.'.repeat(4 * 2 ** 20);

interface Work {
  readonly token: string;
  readonly leaves: (typeof MOMENTS)[number];
  readonly fails: boolean;
}

/** Clients go away at all moments. The outcome of a call decides about its events, even if nobody hears of it. */
export const goneClients: Recipe = {
  name: 'clients that go away',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports();
    const router = e.router();
    for (const name of LISTENERS) {
      router.on(
        'work.*',
        async ({ event }) => {
          await sleep(random() * 3);
          ledger.handle(event.payload.token, name);
        },
        { name },
      );
    }
    // The maxWait is so long that it ends no wait here.
    const defer = auto({ maxWait: 3_600_000 });
    const bus = e.bus({ handlers: [router], onError: reports.onError, defer });
    const begun = new Map<string, () => void>();
    const outcomes = new Map<string, boolean>();
    const open = new Set<string>();
    const appRouter = t.router({
      work: t.procedure
        .input((input) => input as Work)
        .use(async ({ next, input: { token } }) => {
          open.add(token);
          const result = await next();
          open.delete(token);
          outcomes.set(token, result.ok);
          if (result.ok)
            for (const each of [token, `${token}, at its end`]) ledger.accept(each, token, LISTENERS);
          return result;
        })
        .use(bus.middleware())
        .mutation(async ({ ctx, input: { token, leaves, fails }, signal }) => {
          ctx.dispatch('work.done', { token });
          begun.get(token)?.();
          if (leaves !== 'in mid-call') await sleep(random() * 5);
          else if (!signal!.aborted) await once(signal!, 'abort');
          ctx.dispatch('work.noted', { token: `${token}, at its end` });
          if (fails) throw new Error('no');
          return leaves === 'in mid-response' ? LARGE : '';
        }),
    });

    const heard = new Map<string, boolean>();
    {
      await using server = await start('standalone', appRouter);
      await inParallel(scaled(200), 25, async (i) => {
        const leaves = MOMENTS[i % MOMENTS.length]!;
        const link = Object.values(LINKS)[i % 3]!;
        const leaving = new AbortController();
        const leave = () => leaving.abort();
        const client = createTRPCClient<typeof appRouter>({
          links: [
            link({
              url: server.url,
              fetch: async (url, init) => {
                const response = await fetch(url, init as RequestInit);
                if (leaves === 'in mid-response') leave();
                return response;
              },
            }),
          ],
        });
        if (leaves === 'in mid-call') begun.set(`${i}.0`, leave);
        // The link sends the two calls as one request or as two.
        const calls = [0, 1].map(async (n) => {
          const token = `${i}.${n}`;
          const work: Work = { token, leaves, fails: random() < 0.3 };
          try {
            await client.work.mutate(work, { signal: leaving.signal });
            heard.set(token, true);
          } catch {
            if (!leaving.signal.aborted) heard.set(token, false);
          }
        });
        if (leaves === 'at once') setImmediate(leave);
        await Promise.all(calls);
      });
    }
    // No more requests come, so wait until the open calls end.
    while (open.size > 0) await sleep(5);
    // A drain must not help either. It would begin deferred flushes, so wait for the events first.
    const handled = async () => {
      while (ledger.verdicts(true).some(({ kind }) => kind === 'lost')) await sleep(10);
    };
    const isOver = (await isDone(handled())) && (await isDrained(bus));
    reports.check();
    for (const [token, ok] of heard) {
      if (outcomes.get(token) !== ok) throw new Error(`The client of ${token} heard ${ok}`);
    }
    return { ledger, isOver, figures: `${heard.size} of ${outcomes.size} calls were answered` };
  },
};
