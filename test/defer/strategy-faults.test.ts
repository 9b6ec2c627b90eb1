import { expect, test } from 'vitest';
import type { DeferStrategy, EventsError } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { e, makeApp, t } from '../trpc/app.ts';

const fault = new Error('fault');

/** Faulty strategies, and how often each is reported. */
const STRATEGIES: [what: string, strategy: Omit<DeferStrategy, 'name'>, reports: number][] = [
  [
    'throws in open',
    {
      open() {
        throw fault;
      },
      start: (flush) => flush(),
    },
    1,
  ],
  [
    'throws in start',
    {
      start() {
        throw fault;
      },
    },
    1,
  ],
  [
    'throws in start, having called flush',
    {
      start(flush) {
        void flush();
        throw fault;
      },
    },
    1,
  ],
  ['rejects', { start: () => Promise.reject(fault) }, 1],
  ['rejects later', { start: () => new Promise((_, reject) => setTimeout(reject, 1, fault)) }, 1],
  [
    'rejects, having called flush',
    {
      async start(flush) {
        await flush();
        throw fault;
      },
    },
    1,
  ],
  [
    'calls flush twice',
    {
      async start(flush) {
        await Promise.all([flush(), flush()]);
        await flush();
      },
    },
    0,
  ],
  ['never calls flush', { start() {} }, 0],
  ['calls flush much later', { start: (flush) => void setTimeout(flush, 60_000).unref() }, 0],
];

function makeRouter(strategy: Omit<DeferStrategy, 'name'>) {
  const app = makeApp({ defer: { name: 'faulty', ...strategy }, collectsErrors: true });
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note');
      return 'result';
    }),
    fail: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note', { when: 'failure' });
      throw new Error('mine');
    }),
    stream: app.procedure.subscription(async function* generate() {
      e.dispatch('noted', 'note');
      yield 'value';
    }),
  });
  return { ...app, router };
}

function expectReports(errors: readonly EventsError[], reports: number): void {
  expect(errors).toHaveLength(reports);
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'HOOK_FAILED', cause: fault });
    expect(error.message).toMatch(/^The defer strategy faulty(, in open,)? threw Error: fault/);
  }
}

test.each(STRATEGIES)(
  'a strategy that %s changes no result, and each event has been handled once after a drain',
  async (_, strategy, reports) => {
    await using app = makeRouter(strategy);
    await using server = await start('standalone', app.router);
    expect(await server.client().note.mutate()).toBe('result');
    await app.bus.drain();
    expect(app.handled).toEqual(['note']);
    expectReports(app.errors.splice(0), reports);

    await expect(server.client().fail.mutate()).rejects.toThrow('mine');
    await app.bus.drain();
    expect(app.handled).toEqual(['note', 'note']);
    expectReports(app.errors.splice(0), reports);

    const stream = (await t.createCallerFactory(app.router)({}).stream())[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: 'value' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await app.bus.drain();
    expect(app.handled).toEqual(['note', 'note', 'note']);
    expectReports(app.errors, reports);
  },
);

test('close flushes the events that a strategy never flushed', async () => {
  const app = makeRouter({ start() {} });
  await t.createCallerFactory(app.router)({}).note();
  expect(app.handled).toEqual([]);
  await app.bus.close();
  expect(app.handled).toEqual(['note']);
});

test.each([null, 'auto', {}, { name: 'no start' }, { name: 'start', start: true }, { start() {} }])(
  '%j is refused as a strategy',
  (defer) => {
    const refused = expect.objectContaining({ code: 'BAD_OPTION' });
    const app = makeApp();
    expect(() => makeApp({ defer: defer as never })).toThrow(refused);
    expect(() => app.bus.middleware({ defer: defer as never })).toThrow(refused);
  },
);

test('bus.middleware suggests the closest name for an unknown option', () => {
  expect(() => makeApp().bus.middleware({ deferr: undefined } as never)).toThrow('Did you mean "defer"?');
});
