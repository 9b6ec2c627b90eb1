import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  defineEvent,
  defineEvents,
  initEvents,
  type DefaultMeta,
  type EventValue,
  type InferEvent,
  type TypedEvent,
} from '../../src/index.ts';
import { type bare, catalog, e, metaSchema, type Context, type Meta, type Names } from './app.ts';

const userCreated = defineEvent(
  'user.created',
  z.object({ id: z.string(), at: z.date().default(() => new Date()) }),
);
const userDeleted = defineEvent('user.deleted', z.object({ id: z.string() }));
const cacheCleared = defineEvent('cache.cleared', z.void());
const fromObject = initEvents.create(defineEvents({ userCreated, userDeleted, cacheCleared }));

test('context and meta are named in any order, and each may be left out', () => {
  expectTypeOf(initEvents.meta(metaSchema).context<Context>().create(catalog)).toEqualTypeOf(e);

  const onlyMeta = initEvents.meta(metaSchema).create(catalog);
  const onlyContext = initEvents.context<Context>().create(catalog);
  expectTypeOf<InferEvent<typeof onlyMeta>['meta']>().toEqualTypeOf<Meta>();
  expectTypeOf<InferEvent<typeof onlyContext>['meta']>().toEqualTypeOf<DefaultMeta>();
  expectTypeOf<InferEvent<typeof bare>['meta']>().toEqualTypeOf<Record<string, unknown>>();
});

test('an event has the output of its schema, and the meta of the builder', () => {
  type UserEvent = InferEvent<typeof e, 'user.*'>;
  expectTypeOf<UserEvent>().toEqualTypeOf<
    | TypedEvent<'user.created', { id: string; email: string; at: Date }, Meta>
    | TypedEvent<'user.deleted', { id: string }, Meta>
  >();
  expectTypeOf<InferEvent<typeof catalog, 'user.deleted'>>().toEqualTypeOf<
    TypedEvent<'user.deleted', { id: string }>
  >();
  expectTypeOf<InferEvent<typeof e>['name']>().toEqualTypeOf<Names>();
});

test('an event has exactly the documented members, and each is read-only', () => {
  expectTypeOf<Omit<InferEvent<typeof e, 'cat.spotted'>, 'key' | 'path' | 'causationId'>>().toEqualTypeOf<{
    readonly id: string;
    readonly source?: string | undefined;
    readonly name: 'cat.spotted';
    readonly payload: { where: string };
    readonly time: Date;
    readonly correlationId: string;
    readonly depth: number;
    readonly traceparent?: string | undefined;
    readonly tracestate?: string | undefined;
    readonly meta: Meta;
  }>();
  expectTypeOf<Pick<InferEvent<typeof e>, 'key' | 'path' | 'causationId'>>().toEqualTypeOf<{
    readonly key?: string | undefined;
    readonly path?: string | undefined;
    readonly causationId?: string | undefined;
  }>();
});

test('a definition takes the input of its schema, and makes a value with the output', () => {
  expectTypeOf(userCreated({ id: '1' })).toEqualTypeOf<
    EventValue<'user.created', { id: string; at: Date }>
  >();
  expectTypeOf(cacheCleared()).toEqualTypeOf<EventValue<'cache.cleared', void>>();
  expectTypeOf(userDeleted.name).toEqualTypeOf<'user.deleted'>();
  // @ts-expect-error the id is a string
  userCreated({ id: 1 });
  // @ts-expect-error the payload is missing
  userCreated();
});

test('a catalog is made from definitions in an object, in a list, or beside schemas', () => {
  const fromList = initEvents.create(defineEvents([userCreated, userDeleted, cacheCleared]));
  expectTypeOf<InferEvent<typeof fromList>>().toEqualTypeOf<InferEvent<typeof fromObject>>();
  expectTypeOf<InferEvent<typeof fromObject, 'user.*'>['name']>().toEqualTypeOf<
    'user.created' | 'user.deleted'
  >();
  expectTypeOf<InferEvent<typeof fromObject, 'user.created'>['payload']>().toEqualTypeOf<{
    id: string;
    at: Date;
  }>();

  const mixed = initEvents.create(
    defineEvents({ userCreated, 'user.deleted': z.object({ id: z.string() }) }),
  );
  expectTypeOf<InferEvent<typeof mixed>>().toEqualTypeOf<InferEvent<typeof fromObject, 'user.*'>>();
});

test('the key of a definition is not its name', () => {
  fromObject.dispatch('user.created', { id: '1' });
  // @ts-expect-error the event is named 'user.created'
  fromObject.dispatch('userCreated', { id: '1' });
});

test('a value that is not a schema, a definition or an object of meta is refused', () => {
  // @ts-expect-error 1 is not a schema
  defineEvents({ 'a.b': z.string(), 'c.d': 1 });
  // @ts-expect-error in a list, a schema has no name
  defineEvents([userCreated, z.string()]);
  // @ts-expect-error meta is an object
  initEvents.meta(z.string());
  // @ts-expect-error 'tenant' is not a schema
  initEvents.meta('tenant');
  // @ts-expect-error a context is an object
  initEvents.context<string>();
  // @ts-expect-error the catalog comes from defineEvents
  initEvents.create({ 'user.deleted': z.object({ id: z.string() }) });
});
