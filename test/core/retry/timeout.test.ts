import { expect, it, vi } from 'vitest';
import type { DeadLetter } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';
import { useClock } from './clock.ts';
import { gate } from '../../setup/async.ts';

const never = () => new Promise<never>(() => {});

it('An attempt that takes too long fails, its signal is aborted, and nothing waits for it.', async () => {
  const clock = useClock();
  const signals: AbortSignal[] = [];
  const router = e.router();
  router.on(
    'user.created',
    ({ signal }) => {
      signals.push(signal);
      return never();
    },
    { name: 'mail', timeout: 5000 },
  );
  const letters: DeadLetter[] = [];
  const bus = e.bus({ handlers: [router], onError: () => {}, deadLetter: (letter) => letters.push(letter) });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(4999);
  expect(signals[0]!.aborted).toBe(false);
  await clock.pass(1);
  const { failures } = await published;
  expect(signals[0]!.aborted).toBe(true);
  expect(signals[0]!.reason).toMatchObject({ code: 'TIMED_OUT' });
  expect(failures[0]!.error.cause).toBe(signals[0]!.reason);
  expect(failures[0]!.error.message).toContain('It took longer than its timeout, 5000 ms');
  expect(letters).toMatchObject([{ reason: 'attempts', attempts: 1 }]);
  await bus.close();
});

it('A signal that is first read after the timeout is already aborted.', async () => {
  const clock = useClock();
  const { promise, open } = gate<boolean>();
  const router = e.router();
  router.on(
    'user.created',
    async (opts) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      open(opts.signal.aborted);
    },
    { name: 'mail', timeout: 100 },
  );
  const bus = e.bus({ handlers: [router], onError: () => {} });
  void bus.publish('user.created', { id: '1' });
  await clock.pass(200);
  expect(await promise).toBe(true);
});

it.each(['rejects', 'throws much later', 'resolves'])(
  'A listener that %s after its timeout has no further effect.',
  async (what) => {
    const clock = useClock();
    const router = e.router();
    router.on(
      'user.created',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, what === 'throws much later' ? 1000 : 101));
        if (what !== 'resolves') throw new Error('late');
      },
      { name: 'mail', timeout: 100 },
    );
    const onError = vi.fn();
    const bus = e.bus({ handlers: [router], onError });
    // An unhandled rejection would fail the run.
    const published = bus.publish('user.created', { id: '1' });
    await clock.pass(2000);
    expect((await published).failures).toHaveLength(1);
    expect(onError).toHaveBeenCalledTimes(1);
  },
);

it.each<[string, (end: () => void, fail: (error: Error) => void) => void]>([
  ['resolves', (end) => end()],
  ['rejects', (_end, fail) => fail(new Error('aborted'))],
])('A listener that %s as soon as its signal aborts has still timed out.', async (_how, settle) => {
  const clock = useClock();
  const cats = collector({ events: 'cat.spotted' });
  const router = e.router();
  router.on(
    'user.created',
    ({ signal, ctx }) => {
      ctx.dispatch('cat.spotted', 1);
      return new Promise<void>((resolve, reject) =>
        signal.addEventListener('abort', () => settle(resolve, reject)),
      );
    },
    { name: 'mail', timeout: 100 },
  );
  const bus = e.bus({ handlers: [router, cats.handler], onError: () => {} });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(100);
  expect((await published).failures).toMatchObject([{ error: { cause: { code: 'TIMED_OUT' } } }]);
  expect(cats.payloads).toEqual([]);
});

it('A timed-out attempt is followed by the next one, which has its own timeout and signal.', async () => {
  const clock = useClock();
  const log: unknown[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ attempt, signal }) => {
      log.push([attempt, clock.now, signal.aborted]);
      if (attempt === 1) await never();
      await new Promise((resolve) => setTimeout(resolve, 90));
      log.push(['done', clock.now, signal.aborted]);
    },
    { name: 'mail', timeout: 100, retry: { attempts: 2, minDelay: 1000, jitter: 0 } },
  );
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(2000);
  expect((await published).failures).toEqual([]);
  expect(log).toEqual([
    [1, 0, false],
    [2, 1100, false],
    ['done', 1190, false],
  ]);
});

it('An event that is dispatched before the timeout is judged by its `when`, and a later one is dropped.', async () => {
  const clock = useClock();
  const cats = collector({ events: 'cat.spotted' });
  const discarded: unknown[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      for (const when of ['success', 'failure', 'settled'] as const)
        ctx.dispatch('cat.spotted', when, { when });
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const when of ['success', 'failure', 'settled'] as const) {
        ctx.dispatch('cat.spotted', `late ${when}`, { when });
        e.dispatch('cat.spotted', `late ${when} by e`, { when });
      }
    },
    { name: 'mail', timeout: 100 },
  );
  const bus = e.bus({
    handlers: [router, cats.handler],
    onError: () => {},
    onDiscard: ({ event }) => void discarded.push(event.payload),
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(100);
  await published;
  expect(cats.payloads).toEqual(['failure', 'settled']);
  await clock.pass(100);
  expect(cats.payloads).toEqual(['failure', 'settled']);
  expect(discarded).toHaveLength(7);
});

it('Dependencies are cleaned up with the error at the timeout, whatever the listener still does.', async () => {
  const clock = useClock();
  const log: string[] = [];
  const getConnection = e.depends(async function* () {
    try {
      yield 'connection';
      log.push('commit');
    } catch (error) {
      log.push(`roll back: ${(error as { code: string }).code}, at ${clock.now}`);
      throw error;
    } finally {
      log.push('release');
    }
  });
  const router = e.router();
  router.provide({ connection: getConnection }).on('user.created', never, { name: 'mail', timeout: 100 });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(100);
  await published;
  await clock.pass(0);
  expect(log).toEqual(['roll back: TIMED_OUT, at 100', 'release']);
});

it('A dependency that is made after the timeout is cleaned up with the error, and no listener runs with it.', async () => {
  const clock = useClock();
  const thrown: unknown[] = [];
  const getConnection = e.depends(async function* () {
    await new Promise((resolve) => setTimeout(resolve, 200));
    try {
      yield 'connection';
    } catch (error) {
      thrown.push(error);
      throw error;
    }
  });
  const listener = vi.fn();
  const router = e.router();
  router.provide({ connection: getConnection }).on('user.created', listener, { name: 'mail', timeout: 100 });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(200);
  await published;
  expect(thrown).toMatchObject([{ code: 'TIMED_OUT' }]);
  expect(listener).not.toHaveBeenCalled();
});

it('The signal of a delivered event aborts with the signal of the delivery, and at the timeout.', async () => {
  const clock = useClock();
  const signals: AbortSignal[] = [];
  const router = e.router();
  router.on('user.created', ({ signal }) => (signals.push(signal), never()), { name: 'mail', timeout: 100 });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const stop = new AbortController();
  const message = { id: 'm1', name: 'user.created', payload: { id: '1' }, time: new Date() };
  const first = bus.deliver(message, { signal: stop.signal });
  const second = bus.deliver(message);
  await clock.pass(0);
  stop.abort('enough');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await clock.pass(100);
  await Promise.all([first, second]);
  expect(signals[0]!.reason).toBe('enough');
  expect(signals[1]!.reason).toMatchObject({ code: 'TIMED_OUT' });
});

it('Observers see a timed-out attempt end at its timeout.', async () => {
  const clock = useClock();
  const ends: unknown[] = [];
  const router = e.router();
  router.on('user.created', never, { name: 'mail', timeout: 100 });
  const bus = e.bus({
    handlers: [router],
    onError: () => {},
    observers: [
      {
        name: 'ends',
        async wrapAttempt(_info, run) {
          ends.push(await run(), clock.now);
        },
      },
    ],
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(100);
  await published;
  expect(ends).toMatchObject([{ ok: false, error: { code: 'TIMED_OUT' } }, 100]);
});

it('A listener that returns or throws at once leaves no timer behind.', async () => {
  useClock();
  const router = e.router();
  router.on('user.created', () => 1, { name: 'a', timeout: 100 });
  router.on('user.created', async () => {}, { name: 'b', timeout: 100 });
  router.on(
    'user.created',
    () => {
      throw new Error('no');
    },
    { name: 'c', timeout: 100 },
  );
  router.on('user.created', () => Promise.reject(new Error('no')), { name: 'd', timeout: 100 });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  await bus.publish('user.created', { id: '1' });
  expect(vi.getTimerCount()).toBe(0);
});

it('A listener with a timeout whose result throws when it is inspected fails once, and leaves no timer.', async () => {
  useClock();
  const result = {
    // oxlint-disable-next-line unicorn/no-thenable -- a then that throws is what this tests
    get then() {
      throw new Error('no then');
    },
  };
  const router = e.router().on('cat.spotted', () => result, { name: 'odd', timeout: 50 });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures.map(({ error }) => String(error.cause))).toEqual(['Error: no then']);
  expect(vi.getTimerCount()).toBe(0);
});
