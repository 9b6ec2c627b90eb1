import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { initEvents, type InferEvent, type PublishOptions } from '../../src/index.ts';
import { bare, catalog, e } from './app.ts';

/** What is given for it differs from what events carry. */
const defaulted = initEvents
  .meta(z.object({ tenant: z.string(), region: z.string().default('eu') }))
  .create(catalog);
/** It asks for nothing. */
const optional = initEvents.meta(z.object({ tenant: z.string().optional() })).create(catalog);

test('the input of its schema is given, its output is on events', () => {
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

test('a bus is given `meta` where the schema asks for something', () => {
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

test('publish and bus.scope are given it where the schema asks for something', () => {
  const bus = e.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
  const given = { meta: { tenant: 't' } };
  const outside = async () => {
    await bus.publish('user.deleted', { id: '1' }, given);
    await bus.publish('user.deleted', { id: '1' }, { ...given, key: 'k' });
    await bus.scope(() => {}, given);
    // @ts-expect-error there is no ctx to make meta from
    await bus.publish('user.deleted', { id: '1' });
    // @ts-expect-error options without meta
    await bus.publish('user.deleted', { id: '1' }, { key: 'k' });
    // @ts-expect-error nor is there one for an event without a payload
    await bus.publish('cache.cleared');
    // @ts-expect-error nor in a scope of the bus
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
