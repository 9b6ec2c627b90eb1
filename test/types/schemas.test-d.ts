import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type DefaultMeta,
  type Dispatch,
  type EventRouter,
  type InferEvent,
} from '../../src/index.ts';
import { catalog, forwarder, type Context, type Names } from './app.ts';

/** A named catalog: hovers and emitted declarations say `AppEvents`, instead of its whole content. */
type CatalogOf = typeof catalog;
interface AppEvents extends CatalogOf {}

test('a catalog may be named', () => {
  const e = initEvents.context<Context>().create<AppEvents>(catalog);
  expectTypeOf(e.dispatch).toEqualTypeOf<Dispatch<AppEvents, DefaultMeta>>();
  const router: EventRouter<(typeof e)['~types']> = e.router();
  router.on('cat.*', ({ event, ctx }) => {
    expectTypeOf(event.payload).toEqualTypeOf<{ where: string }>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
  });
  expectTypeOf<InferEvent<typeof e>['name']>().toEqualTypeOf<Names>();
  // @ts-expect-error the name has one letter wrong
  e.dispatch('user.craeted', { id: '1' });
});

const mixed = initEvents.create(
  defineEvents({
    'valibot.default': v.object({ id: v.string(), n: v.optional(v.number(), 0) }),
    'arktype.optional': type({ id: 'string', 'n?': 'number' }),
    'zod.coerced': z.object({ at: z.coerce.date<string>() }),
    'zod.optional': z.object({ a: z.string() }).optional(),
    'zod.unknown': z.unknown(),
    'zod.readonly': z.object({ tags: z.array(z.string()).readonly() }),
    'zod.codec': z.object({
      at: z.codec(z.iso.datetime(), z.date(), {
        decode: (text) => new Date(text),
        encode: (date) => date.toISOString(),
      }),
    }),
  }),
);

test('schemas of zod, valibot and arktype work side by side', () => {
  expectTypeOf<InferEvent<typeof mixed, 'valibot.default'>['payload']>().toEqualTypeOf<{
    id: string;
    n: number;
  }>();
  expectTypeOf<InferEvent<typeof mixed, 'arktype.optional'>['payload']>().toEqualTypeOf<{
    id: string;
    n?: number;
  }>();
  expectTypeOf<InferEvent<typeof mixed, 'zod.coerced'>['payload']>().toEqualTypeOf<{ at: Date }>();
  mixed.dispatch('valibot.default', { id: '' });
  mixed.dispatch('arktype.optional', { id: '' });
  mixed.dispatch('zod.coerced', { at: '2020-01-01' });
  mixed.dispatch('zod.codec', { at: '2020-01-01T00:00:00Z' });
  // @ts-expect-error valibot's `id` is a string
  mixed.dispatch('valibot.default', { id: 1 });
  // @ts-expect-error arktype's `id` is a string
  mixed.dispatch('arktype.optional', { id: 1 });
  // @ts-expect-error zod's codec takes text
  mixed.dispatch('zod.codec', { at: new Date() });
});

test('a payload that may be undefined may be left out', () => {
  mixed.dispatch('zod.optional');
  mixed.dispatch('zod.optional', { a: '' });
  mixed.dispatch('zod.unknown');
  mixed.dispatch('zod.unknown', 1);
});

test('an event whose schema takes its own output can be forwarded, even with readonly arrays', () => {
  mixed.bus({
    handlers: [
      forwarder({ queue: 'q', events: ['valibot.*', 'arktype.*', 'zod.{optional,unknown,readonly}'] }),
      // @ts-expect-error a codec decodes, and does not take what it has decoded
      forwarder({ queue: 'q', events: 'zod.codec' }),
      // @ts-expect-error text becomes a date, which the input type does not allow
      forwarder({ queue: 'q', events: 'zod.coerced' }),
    ],
  });
});
