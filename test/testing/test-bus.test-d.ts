import { expectTypeOf, test } from 'vitest';
import { echo, type Bus, type InferEvent } from '../../src/index.ts';
import { recordEvents, testBus, type TestControls } from '../../src/testing/index.ts';
import { bare, e, forwarder, type Context, type Db } from '../types/app.ts';

declare const db: Db;
const meta = () => ({ tenant: 't' });

test('testBus returns what e.bus returns, and test controls', () => {
  const bus = testBus(e, { handlers: [e.router(), echo()], meta });
  expectTypeOf(bus).toEqualTypeOf<Bus<(typeof e)['~types']> & TestControls>();
  expectTypeOf(bus.seed).toEqualTypeOf<number>();
  expectTypeOf(bus.release()).toEqualTypeOf<Promise<void>>();
  expectTypeOf(recordEvents(bus).dispatched('user.created')[0]!.payload.email).toEqualTypeOf<string>();
  testBus(bare, { handlers: [], faults: {} });
});

test('testBus takes the options of e.bus, with the same types', () => {
  testBus(e, {
    handlers: [],
    meta: ({ ctx }) => {
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return { tenant: 't' };
    },
    createContext: ({ event }) => {
      expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e>>();
      return { db, user: null };
    },
    faults: { hold: true },
  });
  // @ts-expect-error `meta` is required
  testBus(e, { handlers: [] });
  // @ts-expect-error `handlers` are required
  testBus(bare, {});
  // @ts-expect-error `unhandled` is misspelled
  testBus(bare, { handlers: [], unhandeld: 'ignore' });
  // @ts-expect-error no event begins with "usr."
  testBus(e, { handlers: [echo({ events: 'usr.*' })], meta });
  // @ts-expect-error the schema of 'text.measured' does not take its own output
  testBus(e, { handlers: [forwarder({ queue: 'q', events: 'text.*' })], meta });
  // @ts-expect-error the router needs a ctx
  testBus(bare, { handlers: [e.router()] });
  // @ts-expect-error a bus is not a builder
  testBus(bare.bus({ handlers: [] }), { handlers: [] });
});

test('faults are typed', () => {
  const codec = { encode: () => '', decode: () => ({ id: '1', name: 'cache.cleared', time: new Date() }) };
  testBus(bare, {
    handlers: [],
    faults: { only: 'mail', throughCodec: codec, deliverTwice: true, failRate: 0.1, seed: 7, hold: true },
  });
  testBus(bare, { handlers: [], faults: { only: false, throughCodec: true } });
  testBus(bare, { handlers: [], faults: { only: ['mail', 'audit'] } });
  testBus(bare, { handlers: [], faults: { only: { events: 'user.*' } } });
  testBus(bare, { handlers: [], faults: { only: { events: ['user.*', '!user.deleted'] } } });
  // @ts-expect-error no event begins with "usr."
  testBus(bare, { handlers: [], faults: { only: { events: 'usr.*' } } });
  // @ts-expect-error `failRate` is misspelled
  testBus(bare, { handlers: [], faults: { failrate: 0.1 } });
  // @ts-expect-error `only` may be false, which runs no listener, but not true
  testBus(bare, { handlers: [], faults: { only: true } });
});
