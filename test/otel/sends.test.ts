/** Calls to brokers: whose child each is, what it is linked to, and that it is traced only once. */
import { context, trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import type { AnyEvent, EventForwarder, HandleOptions } from '../../src/index.ts';
import { gate, turn } from '../core/shop.ts';
import { linksOf, only, request, traced, useSdk } from './stage.ts';

const sdk = useSdk();
const ORDERS = { system: 'aws.sqs', destination: 'orders' };

function forwarder(handle: NonNullable<EventForwarder['handle']>): EventForwarder {
  return { name: 'queue', remote: true, local: false, handle };
}

const SEND = {
  'messaging.system.name': 'aws.sqs',
  'messaging.system': 'aws_sqs',
  'messaging.destination.name': 'orders',
  'messaging.operation.name': 'send',
  'messaging.operation.type': 'send',
  'trpc_events.listener': 'queue',
};

it('A call with one event is below the attempt of its forwarder, and linked to the dispatch.', async () => {
  const queue = forwarder((event, { send }) => send({ ...ORDERS, events: [event] }, turn));
  await using bus = traced({ handlers: [queue] });
  const { event } = await request(() => bus.publish('order.placed', { id: '1' }));
  const spans = sdk.spans();
  const send = only(spans, 'send orders');
  expect(send).toMatchObject({ kind: 'CLIENT', status: 'unset', events: [] });
  expect(send.parent).toBe(only(spans, 'queue order.placed').id);
  expect(linksOf(spans, send)).toEqual(['create order.placed']);
  expect(send.attributes).toEqual({
    ...SEND,
    'messaging.message.id': event.id,
    'messaging.message.conversation_id': event.id,
    'trpc_events.depth': 0,
  });
});

it('A span of the handler around its call is the parent.', async () => {
  const queue = forwarder((event, { send }) =>
    request(() => send({ ...ORDERS, events: [event] }, turn), 'compress'),
  );
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
  const spans = sdk.spans();
  expect(only(spans, 'send orders').parent).toBe(only(spans, 'compress').id);
  expect(only(spans, 'compress').parent).toBe(only(spans, 'queue order.placed').id);
});

it('A call that was gathered from several flushes begins a trace, and is linked to each event.', async () => {
  const waiting: AnyEvent[] = [];
  const queue = forwarder((event, { send }) => {
    waiting.push(event);
    return waiting.length === 3 ? send({ ...ORDERS, events: waiting }, turn) : undefined;
  });
  const attributes = ({ payload }: AnyEvent) => ({ order: (payload as { id: string }).id });
  await using bus = traced({ handlers: [queue], otel: { attributes } });
  for (const id of ['1', '2', '3']) {
    await request(() => bus.publish('order.placed', { id }));
  }
  const spans = sdk.spans();
  const send = only(spans, 'send orders');
  expect(send.parent).toBe(undefined);
  expect(new Set(spans.map((span) => span.trace)).size).toBe(4);
  expect(send.attributes).toEqual({ ...SEND, 'messaging.batch.message_count': 3 });
  const created = spans.filter(({ name }) => name === 'create order.placed');
  expect(send.links).toEqual(
    created.map(({ id, attributes }, i) => ({
      id,
      attributes: {
        order: String(i + 1),
        'messaging.message.id': attributes['messaging.message.id'],
        'messaging.message.conversation_id': attributes['messaging.message.id'],
        'trpc_events.depth': 0,
      },
    })),
  );
});

it('A call that another attempt set off is below the attempt of its own events.', async () => {
  const { promise, open } = gate<HandleOptions['send']>();
  // The event of the first flush is sent within the second one.
  let held: AnyEvent | undefined;
  const queue = forwarder(async (event, { send }) => {
    if (held === undefined) {
      held = event;
      await promise;
      return;
    }
    await send({ ...ORDERS, events: [held] }, turn);
    open(send);
  });
  await using bus = traced({ handlers: [queue] });
  const first = request(() => bus.publish('order.placed', { id: '1' }), 'first');
  await request(() => bus.publish('cache.cleared'), 'second');
  await first;
  const spans = sdk.spans();
  expect(only(spans, 'send orders').parent).toBe(only(spans, 'queue order.placed').id);
  expect(only(spans, 'send orders').trace).toBe(only(spans, 'first').trace);
});

it('A call after its attempt has ended is still below it.', async () => {
  const { promise, open } = gate();
  let sent: Promise<unknown> | undefined;
  const queue = forwarder((event, { send }) => {
    sent = promise.then(() => send({ ...ORDERS, events: [event] }, turn));
  });
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
  open();
  await sent;
  await bus.drain();
  const spans = sdk.spans();
  expect(only(spans, 'send orders').parent).toBe(only(spans, 'queue order.placed').id);
});

it('Events that a handler has made itself are sent below what is active.', async () => {
  const queue = forwarder((event, { send }) => send({ ...ORDERS, events: [{ ...event, id: 'own' }] }, turn));
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
  const spans = sdk.spans();
  expect(only(spans, 'send orders').parent).toBe(only(spans, 'queue order.placed').id);
});

it('A failed call shows its error, and leaves the exception to the attempt.', async () => {
  const queue = forwarder((event, { send }) =>
    send({ ...ORDERS, events: [event] }, () => Promise.reject(new RangeError('too large'))),
  );
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
  const spans = sdk.spans();
  expect(only(spans, 'send orders')).toMatchObject({
    status: 'error',
    message: 'RangeError: too large',
    attributes: { 'error.type': 'RangeError' },
    events: [],
  });
  expect(only(spans, 'queue order.placed').events.map(({ name }) => name)).toEqual(['exception']);
});

it.each([
  ['gcp.pubsub', 'gcp_pubsub'],
  ['aws.sns', 'aws.sns'],
  ['nats', 'nats'],
  ['constructor', 'constructor'],
])('The system %s stands beside its former name, %s.', async (system, former) => {
  const queue = forwarder((event, { send }) =>
    send({ system, destination: 'orders', events: [event] }, turn),
  );
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
  expect(only(sdk.spans(), 'send orders').attributes).toMatchObject({
    'messaging.system.name': system,
    'messaging.system': former,
  });
});

it.each([
  { suppress: undefined, seen: ['send orders'] },
  { suppress: true, seen: ['send orders'] },
  { suppress: false, seen: ['send orders', 'HTTP POST'] },
])(
  'With suppress: $suppress, $seen are the spans of a call, and nothing else',
  async ({ suppress, seen }) => {
    const active: (string | undefined)[] = [];
    const queue = forwarder(async (event, { send }) => {
      await send({ ...ORDERS, events: [event] }, async () => {
        active.push(trace.getSpan(context.active())?.spanContext().spanId);
        // As the instrumentation of a broker's client does.
        await request(turn, 'HTTP POST');
      });
      await request(turn, 'after it');
    });
    await using bus = traced({ handlers: [queue], otel: { suppress } });
    await bus.publish('order.placed', { id: '1' });
    const spans = sdk.spans();
    expect(spans.map(({ name }) => name)).toEqual([
      'create order.placed',
      'queue order.placed',
      ...seen,
      'after it',
    ]);
    expect(active).toEqual([only(spans, 'send orders').id]);
  },
);
