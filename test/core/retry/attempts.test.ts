import { expect, it, vi } from 'vitest';
import type { DeadLetter } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';
import { useClock } from './clock.ts';

const STEADY = { minDelay: 1000, factor: 2, jitter: 0 };

it('In one flush, the next event waits for all attempts of the one before, but other listeners do not wait.', async () => {
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

it('Each attempt gets the same event, its own number, a fresh ctx from middleware, and fresh dependencies.', async () => {
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

it('An attempt that is followed by another one keeps nothing that it dispatched, whatever the `when`.', async () => {
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

it('A createContext that failed is called again for each further attempt.', async () => {
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

it('A createContext that never resolves when it is called again holds no slot.', async () => {
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

it('Observers see each attempt, and each wait between two attempts.', async () => {
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
    'mail on user.created waits 1000 after 1: no 1',
    'attempt 1: false',
    'mail on user.created waits 2000 after 2: no 2',
    'attempt 2: false',
    'attempt 3: true',
  ]);
});

it('A listener that is removed while it waits is not retried, and its failure is reported.', async () => {
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

it('Retries of a delivered event chain events with the same ids.', async () => {
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
