import { expectTypeOf, test } from 'vitest';
import {
  afterResponse,
  defineEvent,
  echo,
  inline,
  type Bus,
  type BusDescription,
  type DeferStrategy,
  type Delivery,
  type DiscardReason,
  type Envelope,
  type EventObserver,
  type EventsError,
  type InferEvent,
  type PublishOptionsOf,
} from '../../src/index.ts';
import { z } from 'zod';
import { bare, e, type Context, type Db, type Meta } from './app.ts';

declare const db: Db;
const meta = () => ({ tenant: 't' });
const bus = e.bus({ handlers: [], meta });
const getClock = e.depends(() => ({ now: () => Date.now() }));
const userDeleted = defineEvent('user.deleted', z.object({ id: z.string() }));

test('the functions given to a bus get typed events and ctx', () => {
  const typed = e.bus({
    handlers: [echo()],
    meta: ({ ctx }) => {
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return { tenant: ctx.user?.name ?? 'none' };
    },
    createContext: ({ event }) => {
      expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e>>();
      expectTypeOf(event.meta).toEqualTypeOf<Meta>();
      return { db, user: null };
    },
    onError: ({ error, event, listener, attempt }) => {
      expectTypeOf(error).toEqualTypeOf<EventsError>();
      expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e> | undefined>();
      expectTypeOf(listener).toEqualTypeOf<string | undefined>();
      expectTypeOf(attempt).toEqualTypeOf<number | undefined>();
    },
    onDiscard: ({ event, reason }) => {
      if (event.name === 'user.deleted') expectTypeOf(event.payload).toEqualTypeOf<{ id: string }>();
      expectTypeOf(reason).toEqualTypeOf<DiscardReason>();
    },
    when: 'settled',
    defer: inline(),
    unhandled: 'ignore',
    limits: { perScope: 10, pending: 10, depth: 3 },
    observers: [{ name: 'mine', dispatched: () => ({ traceparent: '00' }) }],
  });
  expectTypeOf(typed).toEqualTypeOf<
    Bus<(typeof e)['~types'], PublishOptionsOf<Meta, () => Promise<Context>>>
  >();
  expectTypeOf(typed).toExtend<Bus<(typeof e)['~types']>>();
  expectTypeOf(bus).toEqualTypeOf<Bus<(typeof e)['~types']>>();
  e.bus({ handlers: [], meta, createContext: async () => ({ db, user: { name: 'n' } }) });
});

test('a wrong option is refused', () => {
  // @ts-expect-error a misspelled `handlers` is beside the right one
  e.bus({ meta, handlers: [], handelrs: [] });
  // @ts-expect-error there are no handlers
  e.bus({ meta });
  // @ts-expect-error listeners need a user too
  e.bus({ meta, handlers: [], createContext: () => ({ db }) });
  // @ts-expect-error `when` has no such value
  e.bus({ meta, handlers: [], when: 'always' });
  // @ts-expect-error a strategy is made by calling inline
  e.bus({ meta, handlers: [], defer: inline });
  // @ts-expect-error `depth` is misspelled
  e.bus({ meta, handlers: [], limits: { dept: 3 } });
  // @ts-expect-error an observer has a name
  e.bus({ meta, handlers: [], observers: [{ dispatched() {} }] });
});

test('publish resolves to the event and its failures', () => {
  void (async () => {
    const { event, failures } = await bus.publish('user.created', { id: '1', email: 'e' }, { meta: meta() });
    expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e, 'user.created'>>();
    expectTypeOf(failures[0]?.listener).toEqualTypeOf<string | undefined>();
    const fromValue = await bus.publish(userDeleted({ id: '1' }), { key: 'k', meta: meta() });
    expectTypeOf(fromValue.event).toEqualTypeOf<InferEvent<typeof e, 'user.deleted'>>();

    const free = bare.bus({ handlers: [] });
    await free.publish('cache.cleared', undefined, { key: 'k' });
    // @ts-expect-error `when` means nothing outside a scope
    await free.publish('cache.cleared', undefined, { when: 'settled' });
    // @ts-expect-error `when` means nothing after a value either
    await free.publish(userDeleted({ id: '1' }), { when: 'settled' });
    // @ts-expect-error the name has one letter wrong
    await free.publish('cache.claered');
  });
});

test('bus.scope resolves to what its function returns', () => {
  void (async () => {
    const given = { meta: meta() };
    const async = await bus.scope(async ({ dispatch }) => {
      expectTypeOf(dispatch).toEqualTypeOf<typeof e.dispatch>();
      return 1;
    }, given);
    expectTypeOf(async).toEqualTypeOf<number>();
    expectTypeOf(bus.scope(() => 'text', given)).toEqualTypeOf<Promise<string>>();
  });
});

test('e.scope returns what its function returns, and a promise only if that is one', () => {
  expectTypeOf(e.scope(() => 1)).toEqualTypeOf<number>();
  expectTypeOf(e.scope(async () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(e.scope(({ dispatch }) => dispatch('cache.cleared'))).toEqualTypeOf<void>();
});

test('bus.describe takes the targets that it knows, and what it returns is read-only', () => {
  const description = bus.describe({
    target: 'openapi-3.0',
    jsonSchema: (schema, name) => ({ title: `${name} of ${schema['~standard'].vendor}` }),
  });
  expectTypeOf(description).toEqualTypeOf<BusDescription>();
  expectTypeOf(description.events[0]!.schema).toEqualTypeOf<Readonly<Record<string, unknown>> | undefined>();
  expectTypeOf(description.listeners[0]!.kind).toEqualTypeOf<'listener' | 'handler' | 'forwarder'>();
  bus.describe({ jsonSchema: () => undefined });
  // @ts-expect-error there is no such target
  bus.describe({ target: 'draft-04' });
  // @ts-expect-error a JSON Schema is an object
  bus.describe({ jsonSchema: () => '{}' });
  // @ts-expect-error the option is read, rather than set
  description.options.enabled = false;
});

test('a stream has the events of its pattern', () => {
  void (async () => {
    const stream = bus.stream('user.*', { signal: AbortSignal.timeout(1), limit: 5 });
    expectTypeOf(stream).toEqualTypeOf<AsyncIterableIterator<InferEvent<typeof e, 'user.*'>>>();
    for await (const event of stream) {
      if (event.name === 'user.created') expectTypeOf(event.payload.email).toEqualTypeOf<string>();
    }
    for await (const { name } of bus.stream(['order.placed', 'cache.*'])) {
      expectTypeOf(name).toEqualTypeOf<'order.placed' | 'cache.cleared'>();
    }
    // @ts-expect-error no event begins with "usr."
    bus.stream('usr.*');
    // @ts-expect-error `limit` is misspelled
    bus.stream('user.*', { limits: 5 });
  });
});

test('deliver takes an envelope, checked only at run time', () => {
  const envelope: Envelope = { id: '1', name: 'user.deleted', payload: { id: '1' }, time: '2026-01-01' };
  expectTypeOf(bus.deliver(envelope, { attempt: 2, listener: 'index-user' })).toEqualTypeOf<
    Promise<Delivery<InferEvent<typeof e>>>
  >();
  // @ts-expect-error an envelope has an id
  void bus.deliver({ name: 'user.deleted', time: new Date() });
});

test('a dependency is overridden by a value or a dependency of its type', () => {
  expectTypeOf(bus.override(getClock, { now: () => 0 })).toEqualTypeOf<() => void>();
  const fakeClock = e.depends(() => ({ now: () => 0 }));
  const number = e.depends(() => 1);
  bus.override(getClock, fakeClock);
  // @ts-expect-error the value is not a clock
  bus.override(getClock, { later: () => 0 });
  // @ts-expect-error the dependency does not give a clock
  bus.override(getClock, number);
  // @ts-expect-error a dependency is identified by itself, not by a name
  bus.override('clock', { now: () => 0 });
});

test('a bus is ended by drain, close or `await using`, and can be observed', () => {
  void (async () => {
    await using again = bus;
    again.enabled = false;
    expectTypeOf(again.drain({ timeout: 1 })).toEqualTypeOf<Promise<void>>();
    expectTypeOf(again.close()).toEqualTypeOf<Promise<void>>();
    const observer: EventObserver = {
      name: 'timing',
      async wrapAttempt({ listener, event, attempt }, run) {
        expectTypeOf(listener).toEqualTypeOf<string>();
        expectTypeOf(event.payload).toEqualTypeOf<unknown>();
        expectTypeOf(attempt).toEqualTypeOf<number>();
        const outcome = await run();
        if (!outcome.ok) expectTypeOf(outcome.error).toEqualTypeOf<unknown>();
      },
    };
    expectTypeOf(again.observe(observer)).toEqualTypeOf<() => void>();
  });
});

test('a defer strategy gets the context of the builder; your own strategy needs a name and a start', () => {
  const nextTurn: DeferStrategy = { name: 'nextTurn', start: (flush) => void setTimeout(flush, 0) };
  e.bus({ meta, handlers: [], defer: nextTurn });
  e.bus({
    meta,
    handlers: [],
    defer: afterResponse(({ ctx }) => {
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return ctx.db;
    }),
  });
  // @ts-expect-error the context of this builder has no `res`
  e.bus({ meta, handlers: [], defer: afterResponse<{ res: object }>(({ ctx }) => ctx.res) });
  // @ts-expect-error the strategy has no start
  const unfinished: DeferStrategy = { name: 'never' };
  void unfinished;
});
