import { afterEach, describe, expect, test, vi } from 'vitest';
import { waitUntil } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { e, makeApp, t, type AppOptions } from './app.ts';
import { countHeld } from './garbage.ts';
import { gate } from '../setup/async.ts';

function serve(options?: AppOptions) {
  const app = makeApp(options);
  const generators: WeakRef<object>[] = [];
  const resolve = ({ ctx }: { ctx: { dispatch(name: 'noted', payload: string): void } }) => {
    ctx.dispatch('noted', 'resolver');
    const generator = (async function* generate() {
      e.dispatch('noted', 'body');
      e.dispatch('noted', 'whatever comes', { when: 'settled' });
      yield 1;
    })();
    generators.push(new WeakRef(generator));
    return generator;
  };
  const router = t.router({
    stream: app.procedure.subscription(resolve),
    query: app.procedure.query(resolve),
  });
  return Object.assign(app, { router, generators, createCaller: t.createCallerFactory(router) });
}

describe('a stream that nobody pulls', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('has the events of its resolver flushed after 10 s, and then holds nothing open', async () => {
    vi.useFakeTimers();
    const given: Promise<unknown>[] = [];
    await using app = serve({ defer: waitUntil(() => (promise) => void given.push(promise)) });
    await app.createCaller({}).stream();
    let isOver = false;
    void given[0]!.then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(9_900);
    expect([isOver, app.handled]).toEqual([false, []]);
    await vi.advanceTimersByTimeAsync(200);
    expect([isOver, app.handled]).toEqual([true, ['resolver']]);
  });

  test('has its events with `when: settled` flushed too', async () => {
    vi.useFakeTimers();
    await using app = makeApp();
    const router = t.router({
      query: app.procedure.query(({ ctx }) => {
        ctx.dispatch('noted', 'settled', { when: 'settled' });
        ctx.dispatch('noted', 'failure', { when: 'failure' });
        return (async function* () {})();
      }),
    });
    await t.createCallerFactory(router)({}).query();
    await vi.advanceTimersByTimeAsync(10_100);
    await app.bus.drain();
    expect(app.handled).toEqual(['settled']);
  });

  test('is also let go of after a pull, if its client has left silently', async () => {
    vi.useFakeTimers();
    const given: Promise<unknown>[] = [];
    await using app = serve({ defer: waitUntil(() => (promise) => void given.push(promise)) });
    const stream = (await app.createCaller({}).stream())[Symbol.asyncIterator]();
    let isOver = false;
    void given[0]!.then(() => (isOver = true));
    await stream.next();
    await vi.advanceTimersByTimeAsync(9_900);
    expect([isOver, app.handled]).toEqual([false, ['resolver', 'body']]);
    await vi.advanceTimersByTimeAsync(200);
    expect([isOver, app.handled]).toEqual([true, ['resolver', 'body', 'whatever comes']]);
  });

  test('is told apart from a stream whose next value takes long, and from one that has ended', async () => {
    vi.useFakeTimers();
    await using app = makeApp();
    const goOn = gate();
    const router = t.router({
      stream: app.procedure.query(async function* generate({ ctx }) {
        ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
        yield 1;
        await goOn.promise;
        yield 2;
      }),
    });
    const stream = (await t.createCallerFactory(router)({}).stream())[Symbol.asyncIterator]();
    const pulls = [stream.next(), stream.next()];
    await pulls[0];
    await vi.advanceTimersByTimeAsync(20_000);
    await app.bus.drain();
    expect(app.handled).toEqual([]);
    goOn.open();
    await pulls[1];
    await stream.next();
    await vi.advanceTimersByTimeAsync(1);
    expect([app.handled, vi.getTimerCount()]).toEqual([['whatever comes'], 0]);
  });

  test('can still be pulled later', async () => {
    vi.useFakeTimers();
    await using app = serve();
    const stream = (await app.createCaller({}).stream())[Symbol.asyncIterator]();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await app.bus.drain();
    expect(app.handled).toEqual(['resolver', 'body']);
  });

  test('can still be left by its client later', async () => {
    vi.useFakeTimers();
    await using app = serve();
    const leaving = new AbortController();
    const caller = app.createCaller({}, { signal: leaving.signal });
    const stream = (await caller.stream())[Symbol.asyncIterator]();
    await vi.advanceTimersByTimeAsync(20_000);
    await stream.next();
    leaving.abort();
    await vi.advanceTimersByTimeAsync(1000);
    await app.bus.drain();
    expect(app.handled).toEqual(['resolver', 'body', 'whatever comes']);
  });

  test('does not keep a process alive that has nothing else to do', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await using app = serve();
    await app.createCaller({}).stream();
    const kept = timers.mock.results.filter(({ value }) => (value as NodeJS.Timeout).hasRef());
    expect([timers.mock.calls.length, kept.length]).toEqual([1, 0]);
    timers.mockRestore();
  });

  test('does not delay close', async () => {
    await using app = serve();
    await app.createCaller({}).stream();
    await app.bus.close({ timeout: 1000 });
  });

  test.each([
    ['without a signal', undefined],
    ['with a signal that lives on', new AbortController().signal],
  ])(
    'is garbage-collected, %s',
    async (_, signal) => {
      vi.useFakeTimers();
      await using app = serve();
      const dropOne = async () => {
        const ctx = { tag: 'ctx' };
        await app.createCaller(ctx, signal && { signal }).stream();
        return new WeakRef(ctx);
      };
      const contexts = await Promise.all(Array.from({ length: 20 }, dropOne));
      await vi.advanceTimersByTimeAsync(10_100);
      vi.useRealTimers();
      await app.bus.drain();
      expect(app.handled).toHaveLength(20);
      app.handled.length = 0;
      expect(await countHeld([...contexts, ...app.generators])).toBe(0);
    },
    30_000,
  );

  test('is refused with 415 over a link that does not stream, but is still flushed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    await using app = serve();
    await using server = await start('standalone', app.router);
    await expect(server.client('httpLink').query.query()).rejects.toMatchObject({
      data: { httpStatus: 415 },
    });
    await vi.advanceTimersByTimeAsync(10_100);
    await app.bus.drain();
    expect(app.handled).toEqual(['resolver']);
  });
});
