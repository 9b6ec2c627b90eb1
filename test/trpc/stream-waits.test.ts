import { observable } from '@trpc/server/observable';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { afterResponse, auto, inline } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { e, eventually, makeApp, t, type AppOptions } from './app.ts';
import type { Dispatching } from './stream-app.ts';
import { gate } from '../setup/async.ts';

type Presence = (ctx: Dispatching, goOn: Promise<void>) => unknown;

const generator: Presence = async function* (ctx, goOn) {
  ctx.dispatch('noted', 'came');
  ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
  await goOn;
  e.dispatch('noted', 'left');
  yield 1;
};
const asObservable: Presence = (ctx, goOn) =>
  observable<number>((observer) => {
    ctx.dispatch('noted', 'came');
    ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
    void (async () => {
      await goOn;
      ctx.dispatch('noted', 'left');
      observer.next(1);
    })();
  });
const dispatchesFirst: Presence = async function* (ctx, goOn) {
  await goOn;
  yield ctx;
};

/** Makes a caller of a subscription, and begins to read it. Returns a function that lets the stream go on. */
async function begin(presence: Presence, options: AppOptions = {}) {
  const app = makeApp(options);
  const goOn = gate();
  const router = t.router({
    presence: app.procedure.subscription(({ ctx }) => presence(ctx, goOn.promise) as AsyncIterable<unknown>),
    early: app.procedure.subscription(({ ctx }) => {
      ctx.dispatch('noted', 'came');
      return presence(ctx, goOn.promise) as AsyncIterable<unknown>;
    }),
  });
  const caller = t.createCallerFactory(router)({});
  const read = (stream: unknown) =>
    'subscribe' in (stream as object)
      ? (stream as { subscribe(observer: object): void }).subscribe({})
      : (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
  return { ...app, goOn, caller, read };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ['a generator', generator],
  ['an observable', asObservable],
])('the events of %s whose next value takes long', (_, presence) => {
  test.each([
    ['auto()', undefined, 5000],
    ['auto({ maxWait })', auto({ maxWait: 1000 }), 1000],
    ['afterResponse({ maxWait })', afterResponse(() => undefined, { maxWait: 2000 }), 2000],
    ['inline()', inline(), 5000],
    ['a strategy of your own', { name: 'own', start: (flush: () => Promise<void>) => void flush() }, 5000],
  ])(
    'are flushed after the maxWait of %s, but for those that wait for its end',
    async (_, defer, maxWait) => {
      await using app = await begin(presence, defer && { defer });
      const reading = app.read(await app.caller.presence());
      await vi.advanceTimersByTimeAsync(maxWait - 10);
      expect(app.handled).toEqual([]);
      await vi.advanceTimersByTimeAsync(20);
      expect(app.handled).toEqual(['came']);
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(app.handled).toEqual(['came']);
      app.goOn.open();
      await reading;
      await vi.advanceTimersByTimeAsync(1);
      expect(app.handled).toEqual(['came', 'left']);
    },
  );
});

test('what the resolver dispatched waits no longer for the first value', async () => {
  await using app = await begin(dispatchesFirst);
  void app.read(await app.caller.early());
  await vi.advanceTimersByTimeAsync(5010);
  expect(app.handled).toEqual(['came']);
});

test('what is dispatched late in a pull is flushed with the rest, and what comes later still waits as long again', async () => {
  const later = [gate(), gate()];
  await using app = await begin(async function* (ctx) {
    await later[0]!.promise;
    ctx.dispatch('noted', 'late');
    await later[1]!.promise;
    ctx.dispatch('noted', 'later still');
    await new Promise(() => {});
    yield 1;
  });
  void app.read(await app.caller.presence());
  await vi.advanceTimersByTimeAsync(4000);
  later[0]!.open();
  await vi.advanceTimersByTimeAsync(1010);
  expect(app.handled).toEqual(['late']);
  await vi.advanceTimersByTimeAsync(60_000);
  later[1]!.open();
  await vi.advanceTimersByTimeAsync(4990);
  expect(app.handled).toEqual(['late']);
  await vi.advanceTimersByTimeAsync(20);
  expect(app.handled).toEqual(['late', 'later still']);
});

test('a stream that throws loses only what it dispatched since its pull has counted as up', async () => {
  const goOn = gate();
  await using app = await begin(async function* (ctx) {
    ctx.dispatch('noted', 'came');
    await goOn.promise;
    ctx.dispatch('noted', 'lost');
    yield await Promise.reject(new Error('no'));
  });
  const reading = app.read(await app.caller.presence()) as Promise<unknown>;
  await vi.advanceTimersByTimeAsync(6000);
  goOn.open();
  await expect(reading).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(1);
  expect([app.handled, app.discarded]).toEqual([['came'], ['lost']]);
});

test('a stream that yields in time, and one that throws in time, leave no timer behind', async () => {
  await using app = await begin(async function* (ctx) {
    ctx.dispatch('noted', 'first');
    yield 1;
    ctx.dispatch('noted', 'second');
    throw new Error('no');
  });
  const stream = ((await app.caller.presence()) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  await stream.next();
  await expect(stream.next()).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(1);
  expect([app.handled, app.discarded, vi.getTimerCount()]).toEqual([['first'], ['second'], 0]);
});

test('behind two middlewares, and in a stream that reads another through a caller, they are flushed as well', async () => {
  const app = makeApp();
  const inner = t.router({
    presence: app.procedure.use(app.events).subscription(async function* ({ ctx }) {
      ctx.dispatch('noted', 'inner');
      await new Promise(() => {});
      yield 1;
    }),
  });
  const createCaller = t.createCallerFactory(inner);
  const outer = t.router({
    presence: app.procedure.use(app.events).subscription(async function* ({ ctx }) {
      ctx.dispatch('noted', 'outer');
      yield* await createCaller(ctx).presence();
    }),
  });
  const stream = await t.createCallerFactory(outer)({}).presence();
  void stream[Symbol.asyncIterator]().next();
  await vi.advanceTimersByTimeAsync(5010);
  expect(app.handled).toEqual(['outer', 'inner']);
});

test('in a call that is still open, they wait for that call', async () => {
  const app = makeApp();
  const inner = t.router({
    presence: app.procedure.subscription(async function* ({ ctx }) {
      ctx.dispatch('noted', 'inner');
      await new Promise(() => {});
      yield 1;
    }),
  });
  const goOn = gate();
  const outer = t.router({
    reads: app.procedure.mutation(async ({ ctx }) => {
      void (await t.createCallerFactory(inner)(ctx).presence())[Symbol.asyncIterator]().next();
      await goOn.promise;
    }),
  });
  const call = t.createCallerFactory(outer)({}).reads();
  await vi.advanceTimersByTimeAsync(6000);
  expect(app.handled).toEqual([]);
  goOn.open();
  await call;
});

test.each(['standalone', 'ws'] as const)(
  'on %s, presence is told of while the user is here',
  async (adapter) => {
    vi.useRealTimers();
    const app = makeApp({ defer: auto({ maxWait: 20 }) });
    const router = t.router({
      presence: app.procedure.subscription(async function* ({ signal }) {
        e.dispatch('noted', 'came');
        try {
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
          yield 1;
        } finally {
          e.dispatch('noted', 'left');
        }
      }),
    });
    await using server = await start(adapter, router);
    const subscription = server.client().presence.subscribe(undefined, { onData() {} });
    await eventually(() => expect(app.handled).toEqual(['came']));
    subscription.unsubscribe();
    await eventually(() => expect(app.handled).toEqual(['came', 'left']));
  },
);
