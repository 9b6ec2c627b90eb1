import { expect, it, vi } from 'vitest';
import { noRetry } from '../../../src/index.ts';
import type { DeadLetter, ErrorReport, RetryOptions } from '../../../src/index.ts';
import { collector, e, gate } from '../shop.ts';
import { useClock } from './clock.ts';

const STEADY = { minDelay: 1000, factor: 2, jitter: 0 };

/** A bus with one listener, `mail`, that fails as often as it is told to. */
function mailer(
  retry: RetryOptions,
  failures: number,
  fail: (attempt: number) => unknown = () => new Error('no'),
) {
  const attempts: { attempt: number; at: number; id: string }[] = [];
  const reports: ErrorReport[] = [];
  const letters: DeadLetter[] = [];
  const router = e.router();
  const clock = useClock();
  router.on(
    'user.created',
    async ({ event, attempt }) => {
      attempts.push({ attempt, at: clock.now, id: event.id });
      if (attempt <= failures) throw fail(attempt);
    },
    { name: 'mail', retry },
  );
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    deadLetter: (letter) => void letters.push(letter),
  });
  return { bus, router, clock, attempts, reports, letters };
}

it('A listener is tried again until it succeeds, each wait twice as long as the one before.', async () => {
  const { bus, clock, attempts, reports, letters } = mailer({ attempts: 5, ...STEADY }, 3);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(60_000);
  const { event, failures } = await published;
  expect(attempts).toEqual([
    { attempt: 1, at: 0, id: event.id },
    { attempt: 2, at: 1000, id: event.id },
    { attempt: 3, at: 3000, id: event.id },
    { attempt: 4, at: 7000, id: event.id },
  ]);
  expect([failures, reports, letters]).toEqual([[], [], []]);
});

it('After its last attempt, the failure is reported once, and then given to deadLetter.', async () => {
  const order: string[] = [];
  const clock = useClock();
  const router = e.router();
  const boom = new Error('down');
  router.on('user.created', () => Promise.reject(boom), { name: 'mail', retry: { attempts: 2, ...STEADY } });
  const letters: DeadLetter[] = [];
  const bus = e.bus({
    handlers: [router],
    onError: ({ error, listener, attempt }) => void order.push(`${error.code} ${listener} ${attempt}`),
    deadLetter: (letter) => {
      order.push('dead letter');
      letters.push(letter);
    },
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(1000);
  const { event, failures } = await published;
  expect(order).toEqual(['LISTENER_FAILED mail 2', 'dead letter']);
  expect(letters).toEqual([
    { event, listener: 'mail', reason: 'attempts', attempts: 2, error: failures[0]!.error },
  ]);
  expect(failures[0]!.error.cause).toBe(boom);
});

it('Waits grow up to maxDelay.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 6, ...STEADY, maxDelay: 3000 }, 5);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(60_000);
  await published;
  expect(attempts.map(({ at }) => at)).toEqual([0, 1000, 3000, 6000, 9000, 12_000]);
});

it('Without further options the waits are about 1 s, 2 s, 4 s, … up to 60 s, of which half is random.', async () => {
  vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.999_999).mockReturnValue(0.5);
  const { bus, clock, attempts } = mailer({ attempts: 10 }, 9);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(600_000);
  await published;
  const waits = attempts.map(({ at }, i) => at - (attempts[i - 1]?.at ?? 0)).slice(1);
  expect(waits).toEqual([1000, 1000, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  vi.restoreAllMocks();
});

it('With jitter 0 nothing is drawn at random, with 1 a wait is anything from none to all of it.', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
  const { bus, clock, attempts } = mailer({ attempts: 3, jitter: 1 }, 2);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(1);
  await published;
  expect(attempts).toHaveLength(3);
  vi.restoreAllMocks();
});

it('minDelay may be longer than the default of maxDelay.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 3, minDelay: 90_000, jitter: 0 }, 2);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(180_000);
  await published;
  expect(attempts.map(({ at }) => at)).toEqual([0, 90_000, 180_000]);
});

it.each([
  ['an error', new TypeError('400')],
  ['a text', '400'],
])(
  'noRetry of %s ends it at once; reports and dead letters name what it was made of.',
  async (_what, thrown) => {
    const { bus, attempts, reports, letters } = mailer({ attempts: 5 }, 5, () => noRetry(thrown));
    await bus.publish('user.created', { id: '1' });
    expect(attempts).toHaveLength(1);
    const cause = typeof thrown === 'string' ? new Error(thrown) : thrown;
    expect(reports).toMatchObject([{ error: { code: 'LISTENER_FAILED', cause }, attempt: 1 }]);
    expect(letters).toMatchObject([{ reason: 'not-retriable', attempts: 1 }]);
  },
);

it.each([{}, { timeout: 1000 }, { concurrency: 1 }, { retry: { attempts: 1 } }])(
  'A listener that has one attempt, by %j, may throw noRetry, too.',
  async (options) => {
    const router = e.router();
    router.on('user.created', () => Promise.reject(noRetry(new RangeError('never'))), {
      name: 'mail',
      ...options,
    });
    const letters: DeadLetter[] = [];
    const bus = e.bus({
      handlers: [router],
      onError: () => {},
      deadLetter: (letter) => letters.push(letter),
    });
    const { failures } = await bus.publish('user.created', { id: '1' });
    expect(failures[0]!.error.cause).toBeInstanceOf(RangeError);
    expect(letters).toMatchObject([{ reason: 'not-retriable', attempts: 1 }]);
  },
);

it('With a minDelay of 0 nothing waits, however large the factor.', async () => {
  const delays: number[] = [];
  const { bus, clock } = mailer({ attempts: 4, minDelay: 0, factor: 1e200, jitter: 0 }, 3);
  bus.observe({ name: 'delays', backedOff: (_attempt, { delay }) => void delays.push(delay) });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(10);
  await published;
  expect(delays).toEqual([0, 0, 0]);
});

it('Who succeeded is not run again because another listener failed.', async () => {
  const { bus, router, clock, attempts } = mailer({ attempts: 3, ...STEADY }, 2);
  const audit = vi.fn();
  router.on('user.*', audit, { name: 'audit', retry: { attempts: 3 } }).on('user.*', audit, { name: 'log' });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(3000);
  await published;
  expect(attempts).toHaveLength(3);
  expect(audit).toHaveBeenCalledTimes(2);
});

it('In one flush, the next event waits until the one before has had its attempts; other listeners do not wait.', async () => {
  const clock = useClock();
  const log: string[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ event, attempt }) => {
      log.push(`mail ${event.payload.id}, attempt ${attempt}`);
      if (event.payload.id === '1' && attempt === 1) throw new Error('no');
    },
    { name: 'mail', retry: { attempts: 2, ...STEADY } },
  );
  router.on('user.created', ({ event }) => void log.push(`audit ${event.payload.id}`));
  const bus = e.bus({ handlers: [router] });
  const done = bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('user.created', { id: '2' });
  });
  await clock.pass(0);
  expect(log).toEqual(['mail 1, attempt 1', 'audit 1', 'audit 2']);
  await clock.pass(1000);
  await done;
  expect(log.slice(3)).toEqual(['mail 1, attempt 2', 'mail 2, attempt 1']);
});

it('An attempt gets the same event, its number, a fresh ctx of middlewares, and fresh dependencies.', async () => {
  const clock = useClock();
  const seen: unknown[] = [];
  const ended: string[] = [];
  let made = 0;
  const getConnection = e.depends(async function* () {
    const connection = { n: ++made };
    try {
      yield connection;
      ended.push(`commit ${connection.n}`);
    } catch (error) {
      ended.push(`roll back ${connection.n}: ${(error as Error).message}`);
      throw error;
    }
  });
  const router = e.router();
  router
    .use(({ next }) => next({ ctx: { marks: [] as string[] } }))
    .provide({ connection: getConnection })
    .on(
      'user.created',
      ({ event, ctx, attempt }) => {
        ctx.marks.push('used');
        seen.push([event, attempt, ctx.marks.length, ctx.connection.n]);
        if (attempt < 3) throw new Error(`failure ${attempt}`);
      },
      { name: 'index', retry: { attempts: 3, ...STEADY } },
    );
  const bus = e.bus({ handlers: [router] });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(3000);
  const { event } = await published;
  expect(seen).toEqual([
    [event, 1, 1, 1],
    [event, 2, 1, 2],
    [event, 3, 1, 3],
  ]);
  expect((seen[2] as unknown[])[0]).toBe(event);
  expect(ended).toEqual(['roll back 1: failure 1', 'roll back 2: failure 2', 'commit 3']);
});

it('Of an attempt that is followed by another, nothing that it dispatched is kept, whatever its `when`.', async () => {
  const clock = useClock();
  const router = e.router();
  const cats = collector({ events: 'cat.spotted' });
  const discarded: unknown[] = [];
  const late: (() => void)[] = [];
  router.on(
    'user.created',
    async ({ ctx, attempt }) => {
      for (const when of ['success', 'failure', 'settled'] as const) {
        ctx.dispatch('cat.spotted', `${when} ${attempt}`, { when });
        e.dispatch('cat.spotted', `${when} ${attempt} by e`, { when });
        late.push(() => ctx.dispatch('cat.spotted', `${when} ${attempt}, late`, { when }));
      }
      throw new Error('no');
    },
    { name: 'mail', retry: { attempts: 2, ...STEADY } },
  );
  const bus = e.bus({
    handlers: [router, cats.handler],
    onError: () => {},
    onDiscard: ({ event, reason }) => void discarded.push(`${reason}: ${event.payload as string}`),
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(0);
  for (const dispatch of late.splice(0)) dispatch();
  expect(cats.payloads).toEqual([]);
  expect(discarded).toHaveLength(9);
  await clock.pass(1000);
  await published;
  for (const dispatch of late) dispatch();
  await clock.pass(0);
  expect(cats.payloads).toEqual([
    'failure 2',
    'failure 2 by e',
    'settled 2',
    'settled 2 by e',
    'failure 2, late',
    'settled 2, late',
  ]);
});

it('A createContext that failed is asked once more by each further attempt.', async () => {
  const clock = useClock();
  const seen: unknown[] = [];
  const shop = e.router();
  shop.on('user.created', ({ ctx }) => void seen.push(ctx), {
    name: 'mail',
    retry: { attempts: 3, ...STEADY },
  });
  let asked = 0;
  const bus = e.bus({
    handlers: [shop],
    createContext: async () => {
      if (++asked < 3) throw new Error('no database');
      return { db: 'here' };
    },
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(3000);
  expect((await published).failures).toEqual([]);
  expect(seen).toMatchObject([{ db: 'here' }]);
});

it('A createContext that takes for ever when it is asked once more holds no slot.', async () => {
  const clock = useClock();
  const seen: string[] = [];
  const router = e.router();
  router.on('user.created', ({ event }) => void seen.push(event.payload.id), {
    name: 'mail',
    concurrency: 1,
    retry: { attempts: 2, ...STEADY },
  });
  let asked = 0;
  const bus = e.bus({
    handlers: [router],
    createContext: () => {
      if (++asked === 1) throw new Error('no database');
      return asked === 2 ? new Promise<never>(() => {}) : {};
    },
  });
  void bus.publish('user.created', { id: '1' });
  await clock.pass(1000);
  await bus.publish('user.created', { id: '2' });
  expect([seen, asked]).toEqual([['2'], 3]);
});

it('Observers see each attempt, and each wait between two.', async () => {
  const clock = useClock();
  const log: string[] = [];
  const router = e.router();
  router.on('user.created', ({ attempt }) => (attempt < 3 ? Promise.reject(new Error(`no ${attempt}`)) : 1), {
    name: 'mail',
    retry: { attempts: 3, ...STEADY },
  });
  const bus = e.bus({
    handlers: [router],
    observers: [
      {
        name: 'log',
        backedOff: ({ listener, attempt, event }, { error, delay }) =>
          void log.push(
            `${listener} on ${event.name} waits ${delay} after ${attempt}: ${(error as Error).message}`,
          ),
        async wrapAttempt({ attempt }, run) {
          const { ok } = await run();
          log.push(`attempt ${attempt}: ${ok}`);
        },
      },
    ],
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(3000);
  await published;
  expect(log).toEqual([
    'attempt 1: false',
    'mail on user.created waits 1000 after 1: no 1',
    'attempt 2: false',
    'mail on user.created waits 2000 after 2: no 2',
    'attempt 3: true',
  ]);
});

it('A listener that is taken off while it waits is not tried again, and its failure is reported.', async () => {
  const clock = useClock();
  const off = new AbortController();
  const router = e.router();
  const listener = vi.fn(() => Promise.reject(new Error('no')));
  router.on('user.created', listener, {
    name: 'mail',
    signal: off.signal,
    retry: { attempts: 3, ...STEADY },
  });
  const letters: DeadLetter[] = [];
  const bus = e.bus({ handlers: [router], onError: () => {}, deadLetter: (letter) => letters.push(letter) });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(0);
  off.abort();
  await clock.pass(1000);
  expect((await published).failures).toHaveLength(1);
  expect(listener).toHaveBeenCalledTimes(1);
  expect(letters).toMatchObject([{ reason: 'removed', attempts: 1 }]);
});

it('Retries of what a queue delivered chain events of the same ids.', async () => {
  const clock = useClock();
  const router = e.router();
  const ids: string[] = [];
  const discarded: string[] = [];
  router.on(
    'user.created',
    ({ ctx, attempt }) => {
      ctx.dispatch('cat.spotted', 'one');
      ctx.dispatch('cat.spotted', 'two');
      if (attempt === 1) throw new Error('no');
    },
    { name: 'mail', retry: { attempts: 2, ...STEADY } },
  );
  router.on('cat.spotted', ({ event }) => void ids.push(event.id));
  const bus = e.bus({ handlers: [router], onDiscard: ({ event }) => void discarded.push(event.id) });
  const done = bus.deliver({ id: 'm1', name: 'user.created', payload: { id: '1' }, time: new Date() });
  await clock.pass(1000);
  await done;
  expect(ids).toHaveLength(2);
  expect(ids).toEqual(discarded);
});

it('drain waits for retries; nothing else does.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 3, ...STEADY }, 2);
  const { promise, open } = gate();
  void bus.publish('user.created', { id: '1' });
  void bus.drain().then(open);
  let isDrained = false;
  void promise.then(() => (isDrained = true));
  await clock.pass(2999);
  expect([isDrained, attempts.length]).toEqual([false, 2]);
  await clock.pass(1);
  expect([isDrained, attempts.length]).toEqual([true, 3]);
});
