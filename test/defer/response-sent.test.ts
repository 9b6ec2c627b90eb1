import { expect, test } from 'vitest';
import { afterResponse, inline, type DeferStrategy } from '../../src/index.ts';
import { HTTP_ADAPTERS, start } from '../servers/start.ts';
import { eventually, makeApp, t } from '../trpc/app.ts';

const nextTurn: DeferStrategy = { name: 'nextTurn', start: (flush) => void setTimeout(flush, 0) };
const strategies = {
  auto: undefined,
  inline: inline(),
  afterResponse: afterResponse<{ res?: unknown }>(({ ctx }) => ctx.res),
  'of one’s own': nextTurn,
};
const cases = HTTP_ADAPTERS.flatMap((adapter) =>
  Object.entries(strategies).map(([name, defer]) => ({ adapter, name, defer })),
);

test.each(cases)(
  'on $adapter, with the strategy $name, observers hear once per call that the response was sent',
  async ({ adapter, defer }) => {
    const log: string[] = [];
    await using app = makeApp({
      ...(defer && { defer }),
      listener: (note) => void log.push(note),
      observers: [{ name: 'sees', responseSent: ({ path }) => void log.push(`sent ${path}`) }],
    });
    const router = t.router({
      note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'noted')),
      silent: app.procedure.query(() => {}),
      fails: app.procedure.mutation(() => Promise.reject(new Error('boom'))),
    });
    await using server = await start(adapter, router, { createContext: ({ req, res }) => ({ req, res }) });
    const client = server.client('httpBatchLink');
    await Promise.all([client.note.mutate(), client.fails.mutate().catch(() => {}), client.silent.query()]);
    await eventually(() =>
      expect(log.toSorted()).toEqual(['noted', 'sent fails', 'sent note', 'sent silent']),
    );
    if (defer?.name === 'inline') expect(log[0]).toBe('noted');
  },
);

test('a direct caller has no response, and observers hear of none', async () => {
  const log: string[] = [];
  await using app = makeApp({ observers: [{ name: 'sees', responseSent: () => void log.push('sent') }] });
  const router = t.router({ note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'noted')) });
  await t.createCallerFactory(router)({}).note();
  await app.bus.drain();
  expect(log).toEqual([]);
});
