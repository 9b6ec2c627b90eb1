import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, initEvents, type EventValue, type InferEvent } from '../../src/index.ts';

enum Users {
  Created = 'user.created',
  Deleted = 'user.deleted',
}
const Orders = { Placed: 'order.placed', Cancelled: 'order.cancelled' } as const;

const cancelled = defineEvent(Orders.Cancelled, z.object({ no: z.number() }));
const deleted = defineEvent(Users.Deleted, z.object({ id: z.string() }));
const catalog = defineEvents({
  [Users.Created]: z.object({ id: z.string(), email: z.string() }),
  deleted,
  [Orders.Placed]: z.object({ no: z.number() }),
  cancelled,
});
const e = initEvents.create(catalog);
type AllNames = 'user.created' | 'user.deleted' | 'order.placed' | 'order.cancelled';

test('the names of an enum and of a const object are their strings', () => {
  expectTypeOf<InferEvent<typeof e>['name']>().toEqualTypeOf<AllNames>();
  expectTypeOf<InferEvent<typeof e, 'user.created'>['payload']>().toEqualTypeOf<{
    id: string;
    email: string;
  }>();
  expectTypeOf<InferEvent<typeof e, Users.Created>>().toEqualTypeOf<InferEvent<typeof e, 'user.created'>>();
  expectTypeOf(cancelled({ no: 1 })).toEqualTypeOf<EventValue<'order.cancelled', { no: number }>>();

  const strings = defineEvents({ 'user.created': z.object({ id: z.string(), email: z.string() }) });
  const members = defineEvents({ [Users.Created]: z.object({ id: z.string(), email: z.string() }) });
  expectTypeOf<InferEvent<typeof members>>().toEqualTypeOf<InferEvent<typeof strings>>();
});

test('definitions named by an enum work in a list and in an object', () => {
  const created = defineEvent(Users.Created, z.object({ id: z.string() }));
  const fromList = initEvents.create(defineEvents([created, deleted]));
  const fromObject = initEvents.create(defineEvents({ created, deleted }));
  expectTypeOf<InferEvent<typeof fromList>['name']>().toEqualTypeOf<'user.created' | 'user.deleted'>();
  expectTypeOf<InferEvent<typeof fromObject>>().toEqualTypeOf<InferEvent<typeof fromList>>();
  fromObject.dispatch('user.created', { id: '1' });
  fromObject.dispatch(Users.Created, { id: '1' });
});

test('dispatch takes a member of an enum or its string', () => {
  e.dispatch(Users.Created, { id: '1', email: 'e' });
  e.dispatch('user.created', { id: '1', email: 'e' });
  e.dispatch(Users.Deleted, { id: '1' });
  e.dispatch('user.deleted', { id: '1' }, { when: 'settled' });
  e.dispatch(deleted({ id: '1' }));
  e.dispatch(Orders.Placed, { no: 1 });
  e.dispatch('order.placed', { no: 1 });
  e.dispatch(cancelled({ no: 1 }));
  // @ts-expect-error the payload is that of another event
  e.dispatch(Users.Created, { no: 1 });
  // @ts-expect-error the payload is missing
  e.dispatch(Users.Created);
  enum Others {
    Came = 'other.came',
  }
  // @ts-expect-error no event has this name
  e.dispatch(Others.Came, { id: '1' });
});

test('a listener is registered by a member of an enum, a string, or a list with both', () => {
  const router = e.router();
  router.on(Users.Created, ({ event }) => {
    expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e, 'user.created'>>();
  });
  router.on('user.created', ({ event }) => {
    expectTypeOf(event.payload.email).toEqualTypeOf<string>();
  });
  router.on([Users.Deleted, Orders.Placed, 'order.can*'], ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<'user.deleted' | 'order.placed' | 'order.cancelled'>();
  });
  router.on('user.*', ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<'user.created' | 'user.deleted'>();
    if (event.name === 'user.created') expectTypeOf(event.payload.email).toEqualTypeOf<string>();
  });
  router.on(`!${Users.Created}`, ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<Exclude<AllNames, 'user.created'>>();
  });
});

test('publish, streams and handlers take a member of an enum', () => {
  const bus = e.bus({ handlers: [{ name: 'audit', events: [Users.Created, Orders.Placed], handle() {} }] });
  const outside = async () => {
    const { event } = await bus.publish(Users.Created, { id: '1', email: 'e' });
    expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e, 'user.created'>>();
    for await (const { name } of bus.stream([Users.Created, Users.Deleted])) {
      expectTypeOf(name).toEqualTypeOf<'user.created' | 'user.deleted'>();
    }
  };
  void outside;
});
