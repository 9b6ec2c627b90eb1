import { describe, expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked, type EventHandler } from '../../src/index.ts';
import { recordEvents, testBus } from '../../src/testing/index.ts';
import { collector } from '../core/shop.ts';
import { e, shopRouter, type App } from './shop.ts';
import type { Faults } from '../../src/testing/index.ts';

const quietly = { onError: () => {}, unhandled: 'error' } as const;
const shop = (faults: Faults<App>, handlers: readonly EventHandler[] = [shopRouter()]) =>
  testBus(e, { handlers, ...quietly, faults });

describe('deliverTwice', () => {
  it('delivers each event twice, and chained events have the same ids both times', async () => {
    const bus = shop({ deliverTwice: true });
    using events = recordEvents(bus);
    const { event } = await bus.publish('user.created', { id: '1', email: 'a@example.org' });
    const handled = events.handled('user.created');
    expect(handled.map(({ listener }) => listener)).toEqual(['welcome', 'audit', 'welcome', 'audit']);
    for (const it of handled) expect(it.event).toEqual(event);
    const mails = events.dispatched('mail.sent');
    expect(mails).toHaveLength(2);
    expect(mails[0]!.id).toBe(mails[1]!.id);
    expect(events.failed('mail.sent')).toHaveLength(4);
    expect(String(events)).not.toContain('loopback');
    expect(events.tree()).toHaveLength(1);
    expect(events.unhandled()).toEqual([]);
  });

  it('lets a failRate fail one delivery of an event, and not the other', async () => {
    const bus = shop({ deliverTwice: true, failRate: 0.5, seed: 3, only: 'audit' });
    using events = recordEvents(bus);
    for (let i = 0; i < 20; i++) await bus.publish('user.deleted', { id: `${i}` });
    const times = new Map<string, number>();
    for (const { event } of events.failed('user.deleted'))
      times.set(event.payload.id, (times.get(event.payload.id) ?? 0) + 1);
    expect(new Set(times.values())).toEqual(new Set([1, 2]));
    expect(times.size).toBeLessThan(20);
  });

  it('takes no slot from a listener that waits for an event it publishes to itself', async () => {
    const router = e.router();
    const seen: string[] = [];
    router.on(
      'user.deleted',
      async ({ event }) => {
        const { id } = event.payload;
        seen.push(id);
        if (id.length < 3) await bus.publish('user.deleted', { id: `${id}1` });
      },
      { name: 'deeper', concurrency: 1 },
    );
    const bus = shop({ deliverTwice: true }, [router]);
    await bus.publish('user.deleted', { id: '1' });
    await bus.drain();
    expect(seen.sort()).toEqual(['1', '1', ...Array(4).fill('11'), ...Array(8).fill('111')]);
  });

  it('reports an event that a listener published if it does not survive the codec', async () => {
    const router = e.router();
    const codec = {
      encode: ({ name }: { name: string }) => name,
      decode: (text: string) => ({
        id: 'a',
        name: text,
        payload: { id: '1' },
        time: text === 'mail.sent' ? 'never' : new Date(),
      }),
    };
    router.on('user.deleted', () => bus.publish('mail.sent', { to: 'a' }), { name: 'mail' });
    router.on('mail.sent', () => {});
    const bus = shop({ throughCodec: codec }, [router]);
    using events = recordEvents(bus);
    await bus.publish('user.deleted', { id: '1' });
    await bus.drain();
    expect(events.failed()).toMatchObject([{ listener: 'loopback', error: { code: 'NOT_SERIALIZABLE' } }]);
  });

  it('leaves an event to the forwarder that takes it with local: false', async () => {
    const sent = collector({ name: 'queue', events: 'user.*', remote: true, local: false } as never);
    const bus = shop({ deliverTwice: true }, [shopRouter(), sent.handler]);
    using events = recordEvents(bus);
    await bus.publish('user.deleted', { id: '1' });
    await bus.publish('mail.sent', { to: 'a' });
    expect(sent.names).toEqual(['user.deleted']);
    expect(events.handled('user.*').map(({ listener }) => listener)).toEqual(['queue']);
    expect(events.failed('mail.sent').map(({ listener }) => listener)).toEqual(['count', 'count']);

    const both = collector({ name: 'queue', events: 'user.*', remote: true, local: true } as never);
    const other = shop({ deliverTwice: true }, [shopRouter(), both.handler]);
    using others = recordEvents(other);
    await other.publish('user.deleted', { id: '1' });
    expect(others.handled().map(({ listener }) => listener)).toEqual(['queue', 'audit', 'audit']);
  });
});

describe('throughCodec', () => {
  const texts: string[] = [];
  const json = {
    encode(event: object) {
      const text = JSON.stringify(event);
      texts.push(text);
      return text;
    },
    decode: (text: string) => JSON.parse(text),
  };

  it('sends each event through a codec, and takes ctx from createContext', async () => {
    texts.length = 0;
    const router = e.router();
    const seen: unknown[] = [];
    router.on('user.deleted', ({ event, ctx }) => {
      seen.push(event, Object.keys(ctx));
      ctx.dispatch('cache.cleared');
    });
    const bus = testBus(e, {
      handlers: [router],
      createContext: () => ({ made: true }),
      unhandled: 'ignore',
      faults: { throughCodec: json },
    });
    const { event } = await bus.publish('user.deleted', { id: '1' });
    expect(seen).toEqual([event, ['made', 'dispatch']]);
    expect(seen[0]).not.toBe(event);
    const names = texts.map((text) => JSON.parse(text).name as string);
    // Outside production, each event is read back before it is sent.
    expect(names).toEqual(['user.deleted', 'user.deleted', 'cache.cleared', 'cache.cleared']);
  });

  it('fails an event that does not survive the codec', async () => {
    const reports: string[] = [];
    const router = e.router().on('order.placed', () => void reports.push('handled'));
    const bus = testBus(e, {
      handlers: [router],
      onError: ({ error, listener }) => reports.push(`${listener}: ${error.message}`),
      faults: { throughCodec: json },
    });
    using events = recordEvents(bus);
    const { failures } = await bus.publish('order.placed', { id: '1', at: new Date() });
    // The JSON codec has turned the date into text, which the schema refuses.
    expect(failures).toMatchObject([
      { listener: 'loopback', error: { cause: { code: 'NOT_SERIALIZABLE' } } },
    ]);
    expect(reports).toEqual([
      expect.stringContaining('loopback: The listener "loopback" failed on "order.placed"'),
    ]);
    expect(events.failed()).toMatchObject([{ listener: 'loopback', error: { code: 'NOT_SERIALIZABLE' } }]);
  });
});

describe('throughCodec: true', () => {
  it('uses cloudEvents: values that superjson can express arrive, and others are refused with their path', async () => {
    const events = initEvents.create(
      defineEvents({
        noted: unchecked<{ at: Date; list: Map<string, bigint> }>(),
        kept: unchecked<unknown>(),
      }),
    );
    const seen: unknown[] = [];
    const router = events.router().on('noted', ({ event }) => void seen.push(event));
    const bus = testBus(events, {
      handlers: [router],
      onError: () => {},
      unhandled: 'ignore',
      faults: { throughCodec: true },
    });
    const payload = { at: new Date(7), list: new Map([['a', 1n]]) };
    const { event, failures } = await bus.publish('noted', payload);
    expect(failures).toEqual([]);
    expect(seen).toEqual([{ ...event, source: '/trpc-events' }]);
    expect(seen[0]).not.toBe(event);
    expect(await bus.publish('kept', { by: { way: () => {} } })).toMatchObject({
      failures: [
        {
          listener: 'loopback',
          error: { message: expect.stringContaining('by.way'), cause: { code: 'NOT_SERIALIZABLE' } },
        },
      ],
    });
  });
});
