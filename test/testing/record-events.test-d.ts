import { expectTypeOf, test } from 'vitest';
import type { DiscardReason, InferEvent } from '../../src/index.ts';
import { recordEvents } from '../../src/testing/index.ts';
import { bare, e } from '../types/app.ts';

const bus = e.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
const events = recordEvents(bus);
type UserEvent = InferEvent<typeof e, 'user.*'>;

test('lists are typed by the catalog of the bus that is recorded', () => {
  expectTypeOf(events.dispatched()).toEqualTypeOf<readonly InferEvent<typeof e>[]>();
  expectTypeOf(events.dispatched('user.*')).toEqualTypeOf<readonly UserEvent[]>();
  expectTypeOf(events.dispatched('user.created')[0]!.payload.at).toEqualTypeOf<Date>();
  expectTypeOf(events.unhandled(['user.*', '!user.deleted'])).toEqualTypeOf<
    readonly InferEvent<typeof e, 'user.created'>[]
  >();
  const [discarded] = events.discarded('user.*');
  expectTypeOf(discarded!.event).toEqualTypeOf<UserEvent>();
  expectTypeOf(discarded!.reason).toEqualTypeOf<DiscardReason>();
  const [handled] = events.handled('cat.spotted');
  expectTypeOf(handled!.event.payload).toEqualTypeOf<{ where: string }>();
  expectTypeOf(handled!.listener).toEqualTypeOf<string>();
  const [failed] = events.failed('order.placed');
  expectTypeOf(failed!.event.payload.total).toEqualTypeOf<number>();
  expectTypeOf(failed!.error).toEqualTypeOf<unknown>();
  expectTypeOf(failed!.delay).toEqualTypeOf<number | undefined>();
});

test('events are a union that is discriminated by their name', () => {
  for (const event of events.dispatched('user.*')) {
    if (event.name === 'user.created') expectTypeOf(event.payload.email).toEqualTypeOf<string>();
    // @ts-expect-error the payload of 'user.deleted' has no email
    else void event.payload.email;
    // @ts-expect-error no user event has this name
    if (event.name === 'user.craeted') void event;
  }
});

test('only returns the event, and takes fields that the event must have', () => {
  expectTypeOf(events.only('user.created')).toEqualTypeOf<InferEvent<typeof e, 'user.created'>>();
  expectTypeOf(events.only('user.*', { payload: { id: '1' } })).toEqualTypeOf<UserEvent>();
  events.only('user.created', { payload: { at: new Date() }, meta: { tenant: 't' }, key: 'k' });
  events.only('order.placed', { payload: { tags: ['a'], total: 1 } });
  events.none('user.created', { payload: { email: 'e' } });
  // @ts-expect-error the id is text
  events.only('user.created', { payload: { id: 1 } });
  // @ts-expect-error events have no such field
  events.only('user.created', { paylaod: { id: '1' } });
  // @ts-expect-error an order has no email
  events.none('order.placed', { payload: { email: 'e' } });
});

test('a pattern that matches nothing does not compile', () => {
  // @ts-expect-error no event begins with "usr."
  events.dispatched('usr.*');
  // @ts-expect-error the name has one letter wrong
  events.discarded('user.craeted');
  // @ts-expect-error no event begins with "usr."
  events.handled(['user.created', 'usr.*']);
  // @ts-expect-error no event begins with "usr."
  events.failed('usr.*');
  // @ts-expect-error no event begins with "usr."
  events.unhandled('usr.*');
  // @ts-expect-error no event begins with "usr."
  events.only('usr.*');
  // @ts-expect-error no event begins with "usr."
  events.none('usr.*');
});

test('the tree has typed events', () => {
  const [node] = events.tree();
  expectTypeOf(node!.event).toEqualTypeOf<InferEvent<typeof e>>();
  expectTypeOf(node!.discarded).toEqualTypeOf<DiscardReason | undefined>();
  expectTypeOf(node!.listeners[0]!.events[0]!.event).toEqualTypeOf<InferEvent<typeof e>>();
});

test('recordEvents takes nothing but a bus', () => {
  recordEvents(bare.bus({ handlers: [] })).dispatched('cat.*');
  // @ts-expect-error a router is not a bus
  recordEvents(e.router());
  // @ts-expect-error a builder is not a bus
  recordEvents(e);
});
