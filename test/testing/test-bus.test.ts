import { describe, expect, it } from 'vitest';
import { echo, inline, type EventHandler } from '../../src/index.ts';
import { withEvents } from '../../src/next/index.ts';
import { recordEvents, testBus } from '../../src/testing/index.ts';
import { collector, rejectionOf, thrownBy, untyped } from '../core/shop.ts';
import { e, shopCaller, shopRouter, type App } from './shop.ts';
import type { Faults } from '../../src/testing/index.ts';
import { gate } from '../setup/async.ts';

const quietly = { onError: () => {}, unhandled: 'error' } as const;
const shop = (faults: Faults<App>, handlers: readonly EventHandler[] = [shopRouter()]) =>
  testBus(e, { handlers, ...quietly, faults });

it('testBus without faults makes a bus that works as usual', async () => {
  await using bus = testBus(e, { handlers: [shopRouter()], onError: () => {} });
  using events = recordEvents(bus);
  await shopCaller(bus).signUp('ada');
  expect(events.handled('user.*')).toHaveLength(2);
  await bus.release();
  expect(bus.seed).toBeTypeOf('number');
});

describe('only', () => {
  it.each([{ only: false }, { only: [] }] as const)(
    '$only runs no listener, and no event counts as unhandled',
    async ({ only }) => {
      const { handler, events: seen } = collector();
      const bus = shop({ only }, [shopRouter(), handler]);
      using events = recordEvents(bus);
      await shopCaller(bus).signUp('ada');
      expect(await bus.publish('user.deleted', { id: '1' })).toMatchObject({ failures: [] });
      expect(events.dispatched()).toHaveLength(2);
      expect(events.handled()).toEqual([]);
      expect(events.unhandled()).toEqual([]);
      expect(seen).toEqual([]);
    },
  );

  it('runs the listeners and handlers of a name, or of a list of names, whatever events they take', async () => {
    const one = shop({ only: 'audit' });
    using first = recordEvents(one);
    await one.publish('user.created', { id: '1' });
    await one.publish('user.deleted', { id: '1' });
    expect(first.handled().map(({ listener }) => listener)).toEqual(['audit', 'audit']);
    expect(first.dispatched('mail.sent')).toEqual([]);

    const many = collector({ handle: undefined as never, handleMany: () => {} });
    const two = shop({ only: ['welcome', 'collector'] }, [shopRouter(), many.handler]);
    using second = recordEvents(two);
    await two.publish('user.created', { id: '1' });
    expect(second.handled().map(({ event, listener }) => `${listener} ${event.name}`)).toEqual([
      'welcome user.created',
      'collector user.created',
      'collector mail.sent',
    ]);
  });

  it('knows the names that listeners end up with, and skips listeners that are registered later', async () => {
    const router = e.router();
    const log: string[] = [];
    router.on('user.*', function twice() {
      log.push('one');
    });
    router.on('user.*', function twice() {
      log.push('two');
    });
    const bus = shop({ only: 'twice#2' }, [router]);
    router.on('user.*', () => void log.push('late'), { name: 'late' });
    await bus.publish('user.deleted', { id: '1' });
    expect(log).toEqual(['two']);
  });

  it('runs all listeners, but only for the events of a pattern', async () => {
    const bus = testBus(e, {
      handlers: [shopRouter()],
      ...quietly,
      faults: { only: { events: ['user.*', '!user.deleted'] } },
    });
    using events = recordEvents(bus);
    await bus.publish('user.created', { id: '1' });
    await bus.publish('user.deleted', { id: '1' });
    expect(events.handled().map(({ event, listener }) => `${listener} ${event.name}`)).toEqual([
      'welcome user.created',
      'audit user.created',
    ]);
    expect(events.failed()).toEqual([]);
    expect(events.dispatched('mail.sent')).toHaveLength(1);
  });

  it('refuses a name or a pattern that selects nothing', () => {
    expect(() => shop({ only: 'audti' })).toThrow(
      'testBus, faults: only names "audti", and no listener or handler is named so. Did you mean "audit"?',
    );
    expect(() => shop({ only: ['audit', 'nobody'] })).toThrow('"nobody"');
    expect(() => shop({ only: { events: 'usr.*' as never } })).toThrow(
      'No event of the catalog matches "usr.*"',
    );
    expect(() => shop({ only: { events: 'user.(a)' as never } })).toThrow('is refused');
  });
});

describe('failRate', () => {
  /** Returns which of many attempts fail: the listener, the number of the event, and the attempt. */
  async function failuresOf(faults: Faults<App>): Promise<string[]> {
    const router = e.router();
    const log: string[] = [];
    const failed: string[] = [];
    for (const name of ['a', 'b'])
      router.on(
        'user.deleted',
        ({ event, attempt }) => void log.push(`${name} ${event.payload.id} ${attempt}`),
        {
          name,
          retry: { attempts: 3, minDelay: 0 },
        },
      );
    const bus = testBus(e, { handlers: [router], onError: () => {}, faults });
    using events = recordEvents(bus);
    await bus.scope(({ dispatch }) => {
      for (let i = 0; i < 200; i++) dispatch('user.deleted', { id: `${i}` });
    });
    for (const { event, listener, attempt } of events.failed('user.deleted'))
      failed.push(`${listener} ${event.payload.id} ${attempt}`);
    // Attempts that failed never reached their listener.
    expect(failed.filter((line) => log.includes(line))).toEqual([]);
    return failed.sort();
  }

  it('fails the same attempts for the same seed, and others for another seed', async () => {
    const [one, again, other] = [
      await failuresOf({ failRate: 0.2, seed: 1 }),
      await failuresOf({ failRate: 0.2, seed: 1 }),
      await failuresOf({ failRate: 0.2, seed: 2 }),
    ];
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    // About 100 must fail: a fifth of 400 first attempts, and of the retries that follow them.
    for (const failed of [one, other]) {
      expect(failed.length).toBeGreaterThan(60);
      expect(failed.length).toBeLessThan(140);
      expect(failed.some((line) => line.startsWith('a ') && line.endsWith(' 2'))).toBe(true);
      expect(failed.filter((line) => line.startsWith('a ')).map((line) => line.slice(1))).not.toEqual(
        failed.filter((line) => line.startsWith('b ')).map((line) => line.slice(1)),
      );
    }
  });

  it('fails no attempt at 0, and every attempt at 1, except those of passive handlers', async () => {
    expect(await failuresOf({ failRate: 0, seed: 1 })).toEqual([]);
    const lines: string[] = [];
    const many = collector({ name: 'many', handle: undefined as never, handleMany: () => {} });
    const bus = shop({ failRate: 1, seed: 7 }, [
      shopRouter(),
      echo({ print: (line) => void lines.push(line) }),
      many.handler,
    ]);
    const { failures } = await bus.publish('user.created', { id: '1' });
    expect(failures.map(({ listener }) => listener)).toEqual(['welcome', 'audit', 'many']);
    expect(lines).toHaveLength(1);
  });

  it('lets an event that is delivered again after each failure succeed at some point', async () => {
    const bus = shop({ failRate: 0.7, seed: 1, only: 'audit' });
    const envelope = { id: 'a', name: 'user.deleted', payload: { id: '1' }, time: new Date() };
    let deliveries = 1;
    while ((await bus.deliver(envelope)).failures.length > 0 && deliveries < 100) deliveries++;
    expect(deliveries).toBeGreaterThan(1);
    expect(deliveries).toBeLessThan(100);
  });

  it('decides about the second delivery of an event independently of the first', async () => {
    const outcomes = new Map<string, string>();
    const deliveries: number[] = [];
    const bus = shop({ failRate: 0.5, seed: 1, only: 'audit', deliverTwice: true });
    bus.observe({
      name: 'outcomes',
      async wrapAttempt({ event, listener }, run) {
        const { ok } = await run();
        if (listener === 'audit')
          outcomes.set(event.id, `${outcomes.get(event.id) ?? ''}${ok ? 'handled ' : 'failed '}`);
      },
      async wrapDelivery({ attempt }, run) {
        deliveries.push(attempt);
        await run();
      },
    });
    for (let i = 0; i < 40; i++) await bus.publish('user.deleted', { id: `${i}` });
    expect(new Set(outcomes.values())).toEqual(
      new Set(['handled handled ', 'handled failed ', 'failed handled ', 'failed failed ']),
    );
    expect(deliveries.slice(0, 4)).toEqual([1, 2, 1, 2]);
  });

  it('says in each error which seed and which attempt reproduce it', async () => {
    const bus = shop({ failRate: 1, seed: 7 });
    await bus.publish('cache.cleared');
    const { failures } = await bus.publish('user.deleted', { id: '1' });
    expect(failures).toMatchObject([
      {
        listener: 'audit',
        error: {
          code: 'LISTENER_FAILED',
          cause: new Error('Injected by failRate 1, seed 7: attempt 1 of "audit" on event 2, "user.deleted"'),
        },
      },
    ]);
  });
});

describe('hold', () => {
  it('holds the events of calls until release, and then holds the events of later calls', async () => {
    const bus = shop({ hold: true });
    using events = recordEvents(bus);
    const caller = shopCaller(bus);
    await caller.signUp('ada');
    await caller.signUp('bob');
    expect(events.dispatched()).toHaveLength(2);
    expect(events.handled()).toEqual([]);
    await bus.release();
    expect(events.handled('user.created')).toHaveLength(4);
    expect(events.failed('mail.sent')).toHaveLength(2);
    await caller.signUp('eve');
    expect(events.handled('user.created')).toHaveLength(4);
    await bus.release();
    expect(events.handled('user.created')).toHaveLength(6);
  });

  it('holds events whatever defer strategy the bus, a middleware or withEvents names', async () => {
    const bus = testBus(e, {
      handlers: [shopRouter()],
      ...quietly,
      defer: inline(),
      createContext: () => ({}),
      faults: { hold: true },
    });
    using events = recordEvents(bus);
    await shopCaller({ ...bus, middleware: () => bus.middleware({ defer: inline() }) }).signUp('ada');
    await withEvents(bus, () => e.dispatch('user.deleted', { id: '1' }), { defer: inline() })();
    expect(events.dispatched()).toHaveLength(2);
    expect(events.handled()).toEqual([]);
    await bus.release();
    expect(events.handled('user.*')).toHaveLength(3);
    expect(() => untyped(bus.middleware)({ defre: 1 })).toThrow('bus.middleware has no option "defre"');
  });

  it('lets release wait for running listeners, even if a drain has started them', async () => {
    const { promise, open } = gate();
    const router = e.router();
    router.on('user.created', () => promise, { name: 'slow' });
    const bus = shop({ hold: true }, [router]);
    using events = recordEvents(bus);
    await shopCaller(bus).signUp('ada');
    const drained = bus.drain();
    expect(String(events)).toContain('… slow');
    let isReleased = false;
    const released = bus.release().then(() => (isReleased = true));
    await Promise.resolve();
    expect(isReleased).toBe(false);
    open();
    await Promise.all([drained, released]);
    expect(events.handled()).toHaveLength(1);
  });

  it('lets close flush the events that it holds', async () => {
    const bus = shop({ hold: true });
    using events = recordEvents(bus);
    await shopCaller(bus).signUp('ada');
    await bus.close();
    expect(events.handled('user.created')).toHaveLength(2);
  });
});

describe('bad options', () => {
  it.each([
    [{ failRate: 1.1 }, 'testBus, faults: failRate must be a number from 0 to 1, not 1.1.'],
    [{ failRate: -0.1 }, 'failRate must be'],
    [{ failRate: Number.NaN }, 'failRate must be'],
    [{ failrate: 1 }, 'testBus, faults has no option "failrate". Did you mean "failRate"?'],
    [{ seed: 1.5 }, 'seed must be a whole number, not 1.5.'],
    [{ hold: 'yes' }, 'hold must be true or false'],
    [{ deliverTwice: 2 }, 'deliverTwice must be true or false'],
    [
      { throughCodec: {} },
      'throughCodec must be true, false or a codec, such as cloudEvents(), not an object.',
    ],
    [{ only: true }, 'only must be false, names of listeners, or { events: patterns }, not true.'],
    [{ only: [1] }, 'only must be'],
    [{ only: { event: 'user.*' } }, 'only must be'],
    [1, 'testBus, faults takes an object of options, not 1.'],
  ])('%j is refused', (faults, message) => {
    expect(() => untyped(testBus)(e, { handlers: [], faults })).toThrow(message);
  });

  it('bad options of e.bus are refused with the same errors', () => {
    expect(() => untyped(testBus)(e)).toThrow('e.bus needs handlers');
    expect(() => untyped(testBus)(e, { handlers: 1, faults: { deliverTwice: true } })).toThrow(
      'e.bus: handlers must be a list',
    );
    expect(() => untyped(testBus)(e, { handlers: [1], faults: { deliverTwice: true } })).toThrow(
      'e.bus: a handler is',
    );
    expect(() => untyped(testBus)(e, { handlers: [], handelrs: [] })).toThrow('Did you mean "handlers"?');
    expect(() => untyped(testBus)({}, { handlers: [] })).toThrow(
      'testBus takes what initEvents.create() gives',
    );
    expect(thrownBy(() => untyped(testBus)(undefined))).toMatchObject({ code: 'BAD_OPTION' });
  });

  it('a drain in a listener is still refused', async () => {
    const router = e.router();
    router.on('user.deleted', () => bus.drain());
    const bus = shop({ deliverTwice: true }, [router]);
    using events = recordEvents(bus);
    await bus.publish('user.deleted', { id: '1' });
    expect(events.failed()).toMatchObject([
      { error: { code: 'SELF_WAIT' } },
      { error: { code: 'SELF_WAIT' } },
    ]);
    await bus.close();
    expect(await rejectionOf(bus.publish('user.deleted', { id: '1' }))).toMatchObject({ code: 'CLOSED' });
  });
});
