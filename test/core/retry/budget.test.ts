import { initTRPC } from '@trpc/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { afterResponse, auto, inline, waitUntil } from '../../../src/index.ts';
import type { BudgetOptions, DeadLetter, DeferStrategy } from '../../../src/index.ts';
import { e, thrownBy } from '../shop.ts';
import { useClock } from './clock.ts';

const t = initTRPC.create();

type Name = 'user.created' | 'cat.spotted';
type Dispatch = (name: 'cat.spotted', payload: unknown) => void;

/** Makes a bus whose listener `mail` always fails, and is retried after 1 s, 2 s, 4 s, … */
function failingOn(name: Name, defer: DeferStrategy, router = e.router(), pending?: number) {
  const attempts: number[] = [];
  const letters: DeadLetter[] = [];
  const clock = useClock();
  router.on(
    name,
    () => {
      attempts.push(clock.now);
      throw new Error('down');
    },
    { name: 'mail', retry: { attempts: 10, minDelay: 1000, jitter: 0 } },
  );
  const bus = e.bus({
    handlers: [router],
    onError: () => {},
    deadLetter: (letter) => void letters.push(letter),
    defer,
    limits: { pending },
  });
  return { bus, clock, attempts, letters };
}

/** Makes a procedure that dispatches `user.created`, and then calls `more`. */
function createOf(
  bus: ReturnType<typeof e.bus>,
  more: (dispatch: Dispatch) => unknown = () => {},
  signal?: AbortSignal,
  defer?: DeferStrategy,
) {
  const create = t.procedure.use(bus.middleware({ defer })).mutation(({ ctx }) => {
    ctx.dispatch('user.created', { id: '1' });
    more(ctx.dispatch);
  });
  return t.createCallerFactory(t.router({ create }))({}, signal && { signal }).create;
}

function failing(defer: DeferStrategy, pending?: number, signal?: AbortSignal) {
  const failed = failingOn('user.created', defer, undefined, pending);
  return { ...failed, create: createOf(failed.bus, undefined, signal) };
}

it.each<[string, DeferStrategy, number[]]>([
  ['inline()', inline(), [0, 1000, 3000, 7000]],
  ['inline({ budget: 3000 })', inline({ budget: 3000 }), [0, 1000, 3000]],
  ['inline({ budget: 0 })', inline({ budget: 0 }), [0]],
  ['auto(), by a direct caller', auto(), [0, 1000, 3000, 7000]],
  ['afterResponse without a response', afterResponse(() => undefined), [0, 1000, 3000, 7000]],
])('Under %s, a wait that does not fit into the budget is not begun.', async (_name, defer, expected) => {
  const { create, clock, attempts, letters } = failing(defer);
  let isDone = false;
  void create().then(() => (isDone = true));
  await clock.pass(expected.at(-1)!);
  expect(isDone).toBe(true);
  await clock.pass(600_000);
  expect(attempts).toEqual(expected);
  expect(letters).toMatchObject([{ reason: 'budget', attempts: expected.length }]);
  expect(letters[0]!.error.message).toContain('the wait for it does not fit into the budget)');
});

it.each<[BudgetOptions | undefined, number[]]>([
  [undefined, [0, 1000, 3000, 7000, 15_000]],
  [{ budget: 60_000 }, [0, 1000, 3000, 7000, 15_000, 31_000]],
])('Under waitUntil(…, %j), the promise resolves once a wait is over budget.', async (options, expected) => {
  const given: Promise<unknown>[] = [];
  const { create, clock, attempts, letters } = failing(
    waitUntil(() => (promise) => void given.push(promise), options),
  );
  await create();
  let isOver = false;
  void given[0]!.then(() => (isOver = true));
  await clock.pass(expected.at(-1)! - 1);
  expect(isOver).toBe(false);
  await clock.pass(600_000);
  expect(isOver).toBe(true);
  expect(attempts).toEqual(expected);
  expect(letters).toMatchObject([{ reason: 'budget' }]);
});

it('Under auto(), a wait beyond the budget is not begun if a Next.js host keeps the process alive.', async () => {
  const CONTEXT = Symbol.for('@next/request-context');
  const host = globalThis as { [CONTEXT]?: object };
  onTestFinished(() => void delete host[CONTEXT]);
  const given: Promise<unknown>[] = [];
  host[CONTEXT] = { get: () => ({ waitUntil: (promise: Promise<unknown>) => void given.push(promise) }) };
  const { create, clock, attempts, letters } = failing(auto(), undefined, new AbortController().signal);
  await create();
  await clock.pass(600_000);
  expect(given).toHaveLength(1);
  expect(attempts).toEqual([0, 1000, 3000, 7000, 15_000]);
  expect(letters).toMatchObject([{ reason: 'budget' }]);
});

it('A server that goes on running has no budget.', async () => {
  const { create, clock, attempts, letters } = failing(auto(), undefined, new AbortController().signal);
  await create();
  await clock.pass(2 ** 10 * 1000);
  expect(attempts).toHaveLength(10);
  expect(letters).toMatchObject([{ reason: 'attempts' }]);
});

it('An event that a listener chains shares the budget of its call.', async () => {
  const clock = useClock();
  const attempts: number[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      await new Promise((resolve) => setTimeout(resolve, 9500));
      ctx.dispatch('user.deleted', { id: '1' });
    },
    { name: 'slow' },
  );
  router.on(
    'user.deleted',
    () => {
      attempts.push(clock.now);
      throw new Error('down');
    },
    { name: 'mail', retry: { attempts: 5, minDelay: 300, jitter: 0 } },
  );
  const bus = e.bus({ handlers: [router], onError: () => {}, defer: inline() });
  const done = createOf(bus)();
  await clock.pass(60_000);
  await done;
  expect(attempts).toEqual([9500, 9800]);
});

/** Makes a procedure whose listener `slow` takes 5 s, and a late event on which `mail` always fails. */
function failingLate(defer: DeferStrategy, where: 'its call' | 'a listener', after = 1000) {
  const spotLate = (dispatch: Dispatch) => setTimeout(() => dispatch('cat.spotted', 1), after);
  const router = e.router();
  router.on('user.created', () => new Promise((resolve) => setTimeout(resolve, 5000)), { name: 'slow' });
  router.on('user.created', ({ ctx }) => void (where === 'a listener' && spotLate(ctx.dispatch)));
  const failed = failingOn('cat.spotted', defer, router);
  return {
    ...failed,
    create: createOf(failed.bus, (dispatch) => where === 'its call' && spotLate(dispatch)),
  };
}

it.each(['its call', 'a listener'] as const)(
  'An event that comes late in %s shares the budget while the platform waits for the call.',
  async (where) => {
    const given: Promise<unknown>[] = [];
    const strategy = waitUntil(() => (promise) => void given.push(promise));
    const { create, clock, attempts, letters } = failingLate(strategy, where);
    await create();
    let end = 0;
    void given[0]!.then(() => (end = clock.now));
    await clock.pass(600_000);
    expect([attempts, end]).toEqual([[1000, 2000, 4000, 8000, 16_000], 16_000]);
    expect(letters).toMatchObject([{ reason: 'budget' }]);
  },
);

it('An event that comes late in a listener shares the budget while the caller waits under inline().', async () => {
  const { create, clock, attempts } = failingLate(inline(), 'a listener');
  let end = 0;
  void create().then(() => (end = clock.now));
  await clock.pass(600_000);
  expect([attempts, end]).toEqual([[1000, 2000, 4000, 8000], 8000]);
});

it.each([
  ['its call', 1000, inline()],
  ['a listener', 6000, inline()],
  ['its call', 6000, waitUntil(() => () => {})],
] as const)(
  'An event that comes late in %s, after %i ms, has no budget if nobody waits for the event.',
  async (where, after, defer) => {
    const { create, clock, attempts } = failingLate(defer, where, after);
    void create();
    await clock.pass(600_000);
    expect(attempts).toHaveLength(10);
  },
);

it('A call that waits for its own events because too many are pending has the budget of inline().', async () => {
  const held: DeferStrategy = { name: 'held', start: () => {} };
  const { create, clock, attempts, bus } = failing(held, 1);
  await create();
  expect(attempts).toEqual([]);
  const second = create();
  await clock.pass(7000);
  await second;
  expect(attempts).toEqual([0, 1000, 3000, 7000]);
  void bus.drain();
  await clock.pass(600_000);
  expect(attempts).toHaveLength(4 + 10);
});

it.each<[string, (bus: ReturnType<typeof e.bus>) => () => Promise<unknown>, number]>([
  [
    'A call under inline({ budget: 1500 })',
    (bus) => createOf(bus, undefined, undefined, inline({ budget: 1500 })),
    2,
  ],
  [
    'A call under inline({ budget: 60_000 })',
    (bus) => createOf(bus, undefined, undefined, inline({ budget: 60_000 })),
    6,
  ],
  ['bus.scope', (bus) => () => bus.scope(({ dispatch }) => dispatch('user.created', { id: '1' })), 10],
])(
  '%s, which waits anyway, keeps to its own budget when too many events are pending.',
  async (_name, callOf, expected) => {
    const router = e.router();
    router.on('cat.spotted', () => new Promise<void>(() => {}));
    const { bus, clock, attempts } = failingOn('user.created', auto(), router, 1);
    void bus.publish('cat.spotted', 1);
    const done = callOf(bus)();
    await clock.pass(2 ** 10 * 1000);
    await done;
    expect(attempts).toHaveLength(expected);
  },
);

it('A call whose defer strategy rejects makes its caller wait, and has the budget of inline().', async () => {
  const { create, clock, attempts } = failing({
    name: 'faulty',
    start: () => Promise.reject(new Error('no')),
  });
  const done = create();
  await clock.pass(7000);
  await done;
  expect(attempts).toEqual([0, 1000, 3000, 7000]);
});

it('publish and bus.scope have no budget: their caller waits for all attempts.', async () => {
  const { bus, clock, attempts } = failing(auto());
  const done = bus.scope(({ dispatch }) => dispatch('user.created', { id: '1' }));
  await clock.pass(2 ** 10 * 1000);
  await done;
  expect(attempts).toHaveLength(10);
});

it.each<[string, (options: never) => unknown]>([
  ['inline', inline],
  ['waitUntil', (options) => waitUntil(() => () => {}, options)],
])('%s refuses an invalid budget.', (where, make) => {
  for (const budget of [-1, Number.NaN, '5']) {
    expect(thrownBy(() => make({ budget } as never))).toMatchObject({
      code: 'BAD_OPTION',
      message: `${where}: budget must be a number of milliseconds, from 0 to 2147483647, not ${JSON.stringify(budget) === 'null' ? 'NaN' : JSON.stringify(budget)}.`,
    });
  }
  expect(thrownBy(() => make({ bugdet: 5 } as never))).toMatchObject({ code: 'BAD_OPTION' });
});

it.each([
  ['forward by an hour', 3_600_000],
  ['back by an hour', -3_600_000],
  ['back by 25 days', -25 * 86_400_000],
])(
  'A clock that is set %s changes neither how long nor how often a listener is retried.',
  async (_, step) => {
    const { create, clock, letters } = failing(inline());
    let isDone = false;
    void create().then(() => (isDone = true));
    await clock.pass(500);
    vi.setSystemTime(Date.now() + step);
    await clock.pass(6500);
    expect(isDone).toBe(true);
    expect(letters).toMatchObject([{ reason: 'budget', attempts: 4 }]);
  },
);

it('Back-offs use up the budget, although fake timers drive them and the clock of performance stands still.', async () => {
  const { create, letters } = failing(inline());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const done = create();
  await vi.advanceTimersByTimeAsync(600_000);
  await done;
  expect(letters).toMatchObject([{ reason: 'budget', attempts: 4 }]);
});
