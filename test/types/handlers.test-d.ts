import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  echo,
  initEvents,
  type EventForwarder,
  type EventHandler,
  type HandleManyOptions,
  type InferEvent,
} from '../../src/index.ts';
import { bare, catalog, e, forwarder, metaSchema, type Context, type Db } from './app.ts';

const meta = () => ({ tenant: 't' });

test('a handler of your own gets the events of any catalog', () => {
  const one: EventHandler = {
    name: 'one',
    events: 'user.*',
    async handle(event, { ctx, signal }) {
      expectTypeOf(event.name).toEqualTypeOf<string>();
      expectTypeOf(event.payload).toEqualTypeOf<unknown>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      ctx.anything.at.all();
    },
    async close() {},
  };
  const many: EventHandler = {
    name: 'many',
    events: ['user.*', 'order.*'],
    handleMany(events, options) {
      expectTypeOf(options).toEqualTypeOf<HandleManyOptions>();
      expectTypeOf(options.send({ system: 'x', destination: 'y', events }, () => 1)).toEqualTypeOf<
        Promise<number>
      >();
      return { failures: events.map(({ id }) => ({ id, error: new Error('refused') })) };
    },
  };
  const typed: EventHandler = {
    name: 'typed',
    events: 'user.*',
    handle: (event: InferEvent<typeof e, 'user.*'>) => event.meta.tenant,
  };
  class Counter implements EventHandler<'user.*'> {
    readonly name = 'counter';
    readonly events = 'user.*';
    #handled = 0;
    handle() {
      return ++this.#handled;
    }
  }
  e.bus({
    meta,
    handlers: [
      one,
      many,
      typed,
      new Counter(),
      echo(),
      echo({ events: 'order.*' }),
      {
        name: 'inline',
        events: 'user.*',
        handle(event, { signal }) {
          expectTypeOf(event.name).toEqualTypeOf<string>();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        },
      },
    ],
  });
  bare.bus({ handlers: [{ name: 'list', events: ['user.*', 'order.*'], handle() {} }] });
});

test('handlers may be collected in an array first', () => {
  const handlers = [
    e.router(),
    e.router().use(({ next }) => next()),
    forwarder({ queue: 'q', events: 'order.*' }),
  ];
  e.bus({ meta, handlers });
});

test('a pattern that no event matches is an error at its handler', () => {
  e.bus({
    meta,
    handlers: [
      e.router(),
      // @ts-expect-error no event begins with "ordr."
      forwarder({ queue: 'q', events: 'ordr.*' }),
      echo(),
      // @ts-expect-error no event begins with "ordr."
      forwarder({ queue: 'q', events: ['order.*', 'ordr.*'] }),
      // @ts-expect-error no event begins with "ordr."
      echo({ events: 'ordr.*' }),
      // @ts-expect-error the list takes away all that it selects
      echo({ events: ['order.*', '!order.*'] }),
      // @ts-expect-error no event begins with "usr."
      { name: 'inline', events: 'usr.*', handle() {} },
    ],
  });
});

test('an event whose schema rejects its own output is not forwarded', () => {
  const configured: string = 'order.*';
  e.bus({
    meta,
    handlers: [
      forwarder({ queue: 'q', events: 'order.*' }),
      forwarder({ queue: 'q', events: ['user.*', '!user.deleted'] }),
      forwarder({ queue: 'q', events: ['*', '!text.measured'] }),
      { name: 'plain', remote: true, local: true, events: 'user.*', handleMany() {} },
      // @ts-expect-error 'text.measured' is one-way
      forwarder({ queue: 'q', events: ['order.*', 'text.*'] }),
      // @ts-expect-error all events include 'text.measured'
      forwarder({ queue: 'q' }),
      // @ts-expect-error a pattern that is not known may select 'text.measured'
      forwarder({ queue: 'q', events: configured }),
      // @ts-expect-error a forwarder written by hand is refused too
      { name: 'plain', remote: true, events: 'text.*', handleMany() {} } as EventForwarder<'text.*'>,
      // Handlers in this process get the event as it is.
      echo({ events: 'text.measured' }),
      { name: 'local', handle() {} },
    ],
  });
});

test('a router of another catalog or context is refused, but one that needs less is not', () => {
  const needsMore = initEvents.context<Context & { region: string }>().meta(metaSchema).create(catalog);
  const stranger = initEvents
    .context<Context>()
    .meta(metaSchema)
    .create(defineEvents({ 'stranger.came': z.object({ id: z.string() }) }));
  const otherSchema = initEvents
    .context<Context>()
    .meta(metaSchema)
    .create(defineEvents({ 'user.deleted': z.object({ no: z.number() }) }));
  const otherMeta = initEvents
    .context<Context>()
    .meta(z.object({ region: z.string() }))
    .create(catalog);
  const needsLess = initEvents
    .context<{ db: Db }>()
    .meta(z.object({ tenant: z.string().optional() }))
    .create(catalog);
  const fewerEvents = initEvents
    .context<Context>()
    .meta(metaSchema)
    .create(defineEvents({ 'user.deleted': z.object({ id: z.string() }) }));
  e.bus({
    meta,
    handlers: [
      // @ts-expect-error the router's listeners need a `region`
      needsMore.router(),
      // @ts-expect-error the catalog has no 'stranger.came'
      stranger.router(),
      // @ts-expect-error the catalog has another schema for 'user.deleted'
      otherSchema.router(),
      // @ts-expect-error events carry a tenant, but no region
      otherMeta.router(),
      needsLess.router(),
      fewerEvents.router(),
    ],
  });
});
