import { expect, it } from 'vitest';
import type { AnyEvent } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

async function publishOne(): Promise<AnyEvent> {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish('user.created', { id: '1' }, { key: 'k', meta: { tenant: 't' } });
  return seen.events[0]!;
}

it('An event has a fixed set of properties, and no others.', async () => {
  const event = await publishOne();
  expect(event).toStrictEqual({
    id: expect.any(String),
    name: 'user.created',
    payload: { id: '1' },
    time: expect.any(Date),
    key: 'k',
    path: undefined,
    correlationId: event.id,
    causationId: undefined,
    depth: 0,
    traceparent: undefined,
    tracestate: undefined,
    meta: { tenant: 't' },
  });
});

it('An event is immutable.', async () => {
  const event = (await publishOne()) as unknown as Record<string, object>;
  for (const key of Object.keys(event)) {
    expect(() => (event[key] = {})).toThrow(TypeError);
    expect(() => delete event[key]).toThrow(TypeError);
  }
  expect(() => (event['more'] = {})).toThrow(TypeError);
  for (const key of ['payload', 'meta']) {
    expect(() => Object.assign(event[key]!, { id: 2 })).toThrow(TypeError);
  }
});

it('Listeners, handlers, observers, createContext and publish all get the same event object.', async () => {
  const seen: AnyEvent[] = [];
  const keep = (event: AnyEvent) => void seen.push(event);
  const router = e.router().on('*', ({ event }) => keep(event));
  await using bus = e.bus({
    handlers: [
      router,
      { name: 'one', handle: keep },
      { name: 'many', handleMany: (events) => events.forEach(keep) },
    ],
    createContext: ({ event }) => (keep(event as AnyEvent), {}),
    observers: [
      { name: 'observer', dispatched: keep, wrapAttempt: ({ event }, run) => (keep(event), void run()) },
    ],
  });
  const { event } = await bus.publish('cat.spotted', 1);
  expect(seen.length).toBe(8);
  expect(new Set(seen)).toEqual(new Set([event]));
  expect([...new Set(seen)][0]).toBe(event);
});

it('meta is an empty object if nothing sets it.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish('cat.spotted', 1);
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 2));
  expect(seen.events.map(({ meta }) => meta)).toEqual([{}, {}]);
});
