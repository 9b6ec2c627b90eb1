/** Tests the spans of calls to brokers: their parents, their links, and that each call is traced only once. */
import { context, createContextKey, trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import type { AnyEvent, EventForwarder, HandleOptions } from '../../src/index.ts';
import { collector, e } from '../core/shop.ts';
import { linksOf, only, request, traced, treeOf, useSdk } from './stage.ts';
import { gate, turn } from '../setup/async.ts';

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
        // The instrumentation of a broker's client makes such a span.
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

/** Runs `within` inside the call to a broker. */
async function sendAround(within: () => unknown): Promise<void> {
  const queue = forwarder((event, { send }) => send({ ...ORDERS, events: [event] }, within));
  await using bus = traced({ handlers: [queue] });
  await bus.publish('order.placed', { id: '1' });
}

it('An event that is published or delivered within a call is traced, though the client of the call is not.', async () => {
  const router = e.router();
  router.on('cat.spotted', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'first' });
  router.on('cache.cleared', () => request(turn, 'inside'), { name: 'second' });
  await using other = traced({ handlers: [router] });
  await sendAround(async () => {
    await request(turn, 'HTTP POST');
    await other.publish('cat.spotted', 1);
    await other.deliver({ id: '1', name: 'cat.spotted', payload: 1, time: new Date() });
  });
  await other.drain();
  const listeners = {
    'first cat.spotted': [{ 'create cache.cleared': [{ 'second cache.cleared': ['inside'] }] }],
  };
  const [created] = treeOf(sdk.spans());
  expect(created).toEqual({
    'create order.placed': [
      {
        'queue order.placed': [
          { 'send orders': [{ 'create cat.spotted': [listeners] }, { 'process cat.spotted': [listeners] }] },
        ],
      },
    ],
  });
});

it('A call within the call of another bus is below it.', async () => {
  const queue = forwarder((event, { send }) =>
    send({ system: 'nats', destination: 'copies', events: [event] }, turn),
  );
  await using other = traced({ handlers: [queue] });
  await sendAround(() => other.publish('cache.cleared'));
  const spans = sdk.spans();
  expect(only(spans, 'send copies').parent).toBe(only(spans, 'queue cache.cleared').id);
  expect(only(spans, 'create cache.cleared').parent).toBe(only(spans, 'send orders').id);
});

it('With create: false, the span of a call is what travels on an event that is published within it.', async () => {
  const seen = collector();
  await using other = traced({ handlers: [seen.handler], otel: { create: false } });
  await sendAround(() => other.publish('cache.cleared'));
  expect(seen.events[0]!.traceparent).toContain(only(sdk.spans(), 'send orders').id);
  expect(only(sdk.spans(), 'collector cache.cleared').parent).toBe(only(sdk.spans(), 'send orders').id);
});

/** The key of `suppressTracing` of the SDK. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

it('If the application has suppressed tracing itself, nothing within it is traced.', async () => {
  const router = e.router().on('*.*', () => {}, { name: 'log' });
  const queue = forwarder((event, { send }) =>
    send({ ...ORDERS, events: [event] }, () => request(() => bus.publish('cache.cleared'))),
  );
  await using bus = traced({ handlers: [router, { ...queue, local: true, events: 'order.*' }] });
  await context.with(context.active().setValue(SUPPRESSED, true), () =>
    bus.publish('order.placed', { id: '1' }),
  );
  expect(sdk.spans()).toEqual([]);
});
