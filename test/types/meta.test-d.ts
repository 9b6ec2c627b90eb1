import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  initEvents,
  type Bus,
  type BusOptions,
  type InferEvent,
  type PublishOptions,
} from '../../src/index.ts';
import { bare, catalog, e, type Context, type Db } from './app.ts';

/** A builder whose meta has a default, so that its input differs from what events carry. */
const defaulted = initEvents
  .meta(z.object({ tenant: z.string(), region: z.string().default('eu') }))
  .create(catalog);
/** A builder whose meta requires nothing. */
const optional = initEvents.meta(z.object({ tenant: z.string().optional() })).create(catalog);

test('meta is given as the input of its schema, and events carry the output', () => {
  expectTypeOf<InferEvent<typeof defaulted>['meta']>().toEqualTypeOf<{ tenant: string; region: string }>();
  defaulted.dispatch('cache.cleared', undefined, { meta: { tenant: 't' } });
  defaulted.dispatch('cache.cleared', undefined, { meta: { tenant: 't', region: 'us' } });
  // @ts-expect-error the tenant has no default
  defaulted.dispatch('cache.cleared', undefined, { meta: { region: 'us' } });

  const bus = defaulted.bus({
    handlers: [],
    meta: () => ({ tenant: 't' }),
    createContext: ({ event }) => {
      expectTypeOf(event.meta.region).toEqualTypeOf<string>();
      return {};
    },
  });
  defaulted.router().on('user.*', ({ event, ctx }) => {
    expectTypeOf(event.meta).toEqualTypeOf<{ tenant: string; region: string }>();
    ctx.dispatch('cache.cleared', undefined, { meta: { tenant: event.meta.tenant } });
  });
  void (() => bus.publish('cache.cleared', undefined, { meta: { tenant: 't' } }));
});

test('a bus requires `meta` if the schema requires something', () => {
  bare.bus({ handlers: [] });
  optional.bus({ handlers: [] });
  e.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
  // @ts-expect-error `meta` is missing: events carry a tenant
  e.bus({ handlers: [] });
  // @ts-expect-error the tenant is a string
  e.bus({ handlers: [], meta: () => ({ tenant: 1 }) });
  // @ts-expect-error `meta` is synchronous
  e.bus({ handlers: [], meta: async () => ({ tenant: 't' }) });
});

test('a bus that has createContext makes the meta of what it publishes', () => {
  const createContext = () => ({ db: {} as Db, user: null });
  const meta = ({ ctx }: { ctx: Context }) => ({ tenant: ctx.user?.name ?? 'none' });
  const bus = e.bus({ handlers: [], meta, createContext });
  const later = e.bus({
    handlers: [],
    meta,
    createContext: async ({ event }) => (void event.id, createContext()),
  });
  const outside = async () => {
    await bus.publish('user.deleted', { id: '1' });
    await bus.publish('user.deleted', { id: '1' }, { key: 'k' });
    await bus.publish('user.deleted', { id: '1' }, { key: 'k', meta: { tenant: 't' } });
    await bus.publish('cache.cleared');
    await later.publish('cache.cleared');
    const { event } = await bus.publish('user.deleted', { id: '1' });
    expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e, 'user.deleted'>>();
    // @ts-expect-error the tenant is a string
    await bus.publish('user.deleted', { id: '1' }, { meta: { tenant: 1 } });
    // @ts-expect-error `key` is misspelled
    await bus.publish('user.deleted', { id: '1' }, { kye: 'k' });
    // @ts-expect-error a scope can't wait for createContext
    await bus.scope(() => {});
    const strict: Bus<(typeof e)['~types']> = bus;
    // @ts-expect-error a bus that is named by its builder alone may lack createContext
    await strict.publish('cache.cleared');
    const options: BusOptions<(typeof e)['~types']> = { handlers: [], meta, createContext };
    // @ts-expect-error these options may lack createContext
    await e.bus(options).publish('cache.cleared');
    // @ts-expect-error there is no createContext
    await e.bus({ handlers: [], meta, createContext: undefined }).publish('cache.cleared');
  };
  void outside;
});

test('publish and bus.scope require `meta` if the schema requires something', () => {
  const bus = e.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
  const given = { meta: { tenant: 't' } };
  const outside = async () => {
    await bus.publish('user.deleted', { id: '1' }, given);
    await bus.publish('user.deleted', { id: '1' }, { ...given, key: 'k' });
    await bus.scope(() => {}, given);
    // @ts-expect-error there is no ctx to make meta from
    await bus.publish('user.deleted', { id: '1' });
    // @ts-expect-error the options have no meta
    await bus.publish('user.deleted', { id: '1' }, { key: 'k' });
    // @ts-expect-error an event without a payload needs meta too
    await bus.publish('cache.cleared');
    // @ts-expect-error a scope of the bus needs meta too
    await bus.scope(() => {});

    const free = bare.bus({ handlers: [] });
    await free.publish('cache.cleared');
    await free.publish('cache.cleared', undefined, { meta: { any: 1 } });
    await free.scope(() => {});
    await optional.bus({ handlers: [] }).publish('user.deleted', { id: '1' });
  };
  void outside;
  expectTypeOf<PublishOptions<{ tenant: string }>>().toExtend<{ meta: { tenant: string } }>();
});
