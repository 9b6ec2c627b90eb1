/** Tests the trace context of events, which is written and read as W3C says, without any propagator. */
import { context, propagation, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, ParentBasedSampler, AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import { afterEach, expect, it } from 'vitest';
import type { AnyEvent, EventHandler, EventObserver } from '../../src/index.ts';
import { openTelemetry } from '../../src/otel/index.ts';
import { collector, e } from '../core/shop.ts';
import { registerSdk } from './sdk.ts';
import { only, request, traced, treeOf, useSdk } from './stage.ts';

const sdk = useSdk();
afterEach(() => propagation.disable());

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const REMOTE = { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true };

const envelope = (trace: Partial<AnyEvent>) => ({
  id: 'order 1',
  name: 'order.placed',
  payload: { id: '1' },
  time: new Date(),
  ...trace,
});

it('An event carries the context of its span, and no global propagator is asked.', async () => {
  const asked: string[] = [];
  propagation.setGlobalPropagator({
    inject: () => void asked.push('inject'),
    extract: (context) => (asked.push('extract'), context),
    fields: () => [],
  });
  const seen = collector();
  await using bus = traced({ handlers: [seen.handler] });
  await bus.publish('cat.spotted', 'Tom');
  const created = only(sdk.spans(), 'create cat.spotted');
  expect(seen.events[0]).toMatchObject({
    traceparent: `00-${created.trace}-${created.id}-01`,
    payload: 'Tom',
    meta: {},
  });
  expect(seen.events[0]!.tracestate).toBe(undefined);
  expect(asked).toEqual([]);
});

it('A tracestate is kept, from the request to the listener.', async () => {
  const seen = collector();
  await using bus = traced({ handlers: [seen.handler] });
  const { createTraceState } = await import('@opentelemetry/api');
  const parent = trace.setSpanContext(context.active(), {
    ...REMOTE,
    traceState: createTraceState('vendor=1,other=2'),
  });
  await context.with(parent, () => bus.publish('cat.spotted', 1));
  expect(seen.events[0]!.tracestate).toBe('vendor=1,other=2');
  expect(sdk.spans().map(({ state }) => state)).toEqual(['vendor=1,other=2', 'vendor=1,other=2']);
});

it('A trace that is not sampled stays so: its events say so, and none of their spans is recorded.', async () => {
  await sdk.current.off();
  const quiet = registerSdk({ sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) });
  const seen = collector();
  const router = e.router().on('cat.spotted', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'chain' });
  await using bus = traced({ handlers: [seen.handler, router] });
  await request(() => bus.publish('cat.spotted', 1));
  await bus.drain();
  const [first, chained] = seen.events.map(({ traceparent }) => traceparent!.split('-'));
  expect(first![3]).toBe('00');
  expect(chained![3]).toBe('00');
  expect(chained![1]).toBe(first![1]);
  expect(quiet.spans()).toEqual([]);
  await quiet.off();
});

it.each([
  ['is no trace context', 'garbage'],
  ['has zeros for a trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['has zeros for a span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['has the version ff', `ff-${TRACE}-${SPAN}-01`],
  ['has more than version 00 may have', `00-${TRACE}-${SPAN}-01-more`],
  ['has capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
])('A delivery whose traceparent %s begins a trace without a link.', async (_, traceparent) => {
  const router = e.router().on('order.placed', () => {}, { name: 'ship' });
  await using bus = traced({ handlers: [router] });
  await bus.deliver(envelope({ traceparent }));
  const spans = sdk.spans();
  expect(treeOf(spans)).toEqual([{ 'process order.placed': ['ship order.placed'] }]);
  expect(only(spans, 'process order.placed')).toMatchObject({ parent: undefined, links: [] });
});

it('A traceparent of a later version is read as far as version 00 goes.', async () => {
  await using bus = traced({ handlers: [] });
  await bus.deliver(envelope({ traceparent: `01-${TRACE}-${SPAN}-01-more` }));
  expect(only(sdk.spans(), 'process order.placed').links).toEqual([{ id: SPAN, attributes: {} }]);
});

it('An attempt of an event whose trace context is not valid begins a trace, whatever is active.', async () => {
  const first: EventObserver = { name: 'first', dispatched: () => ({ traceparent: 'garbage' }) };
  const bus = e.bus({ handlers: [collector().handler], observers: [first, openTelemetry()] });
  await request(() => bus.publish('cat.spotted', 1));
  await bus.close();
  const attempt = only(sdk.spans(), 'collector cat.spotted');
  expect(attempt.parent).toBe(undefined);
});

it.each([
  {
    newTrace: 'queue',
    process: { parent: 'worker', links: ['b7ad6b7169203331'] },
    ship: { parent: 'process order.placed', links: [] },
  },
  {
    newTrace: 'always',
    process: { parent: 'worker', links: ['b7ad6b7169203331'] },
    ship: { parent: undefined, links: ['process order.placed'] },
  },
  {
    newTrace: 'never',
    process: { parent: 'b7ad6b7169203331', links: ['worker'] },
    ship: { parent: 'process order.placed', links: [] },
  },
] as const)(
  'With newTrace: $newTrace, $process.parent is the parent of a delivery',
  async ({ newTrace, process, ship }) => {
    const router = e.router().on('order.placed', () => {}, { name: 'ship' });
    await using bus = traced({ handlers: [router], otel: { newTrace } });
    const traceparent = `00-${TRACE}-${SPAN}-01`;
    await request(() => bus.deliver(envelope({ traceparent })), 'worker');
    const spans = sdk.spans();
    const nameOf = (id: string | undefined) => spans.find((span) => span.id === id)?.name ?? id;
    const shown = (name: string) => {
      const { parent, links } = only(spans, name);
      return { parent: nameOf(parent), links: links.map(({ id }) => nameOf(id)) };
    };
    expect(shown('process order.placed')).toEqual(process);
    expect(shown('ship order.placed')).toEqual(ship);
    expect(only(spans, 'process order.placed').isParentRemote ?? false).toBe(newTrace === 'never');
  },
);

it('With newTrace: never, a delivery without a sender is below the active span, and linked to nothing.', async () => {
  await using bus = traced({ handlers: [], otel: { newTrace: 'never' } });
  await request(() => bus.deliver(envelope({})), 'worker');
  const spans = sdk.spans();
  expect(treeOf(spans)).toEqual([{ worker: ['process order.placed'] }]);
  expect(only(spans, 'process order.placed').links).toEqual([]);
});

it('With newTrace: always, each attempt begins a trace that is linked to its dispatch.', async () => {
  const router = e.router().on('cat.spotted', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router], otel: { newTrace: 'always' } });
  await request(() => bus.publish('cat.spotted', 1));
  const spans = sdk.spans();
  const created = only(spans, 'create cat.spotted');
  expect(created.parent).toBe(only(spans, 'POST').id);
  expect(only(spans, 'log cat.spotted')).toMatchObject({
    parent: undefined,
    links: [{ id: created.id, attributes: {} }],
  });
});

it('With create: false, the span that is active at the dispatch is what travels.', async () => {
  const seen = collector();
  const router = e.router().on('cat.spotted', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'chain' });
  await using bus = traced({ handlers: [seen.handler, router], otel: { create: false } });
  await request(() => bus.publish('cat.spotted', 1));
  await bus.drain();
  const spans = sdk.spans();
  expect(treeOf(spans)).toEqual([
    { POST: ['collector cat.spotted', { 'chain cat.spotted': ['collector cache.cleared'] }] },
  ]);
  const post = only(spans, 'POST');
  expect(seen.events[0]!.traceparent).toBe(`00-${post.trace}-${post.id}-01`);
});

it('With create: false and nothing active, an event has no context, and each of its attempts begins a trace.', async () => {
  const seen = collector();
  await using bus = traced({ handlers: [seen.handler], otel: { create: false } });
  await bus.publish('cat.spotted', 1);
  expect(seen.events[0]!.traceparent).toBe(undefined);
  expect(sdk.spans()).toMatchObject([{ name: 'collector cat.spotted', parent: undefined, links: [] }]);
});

it('A call of handleMany with an event that has no trace begins one, and is linked to the others.', async () => {
  const many: EventHandler = { name: 'many', handleMany: () => {} };
  await using bus = traced({ handlers: [many], otel: { create: false } });
  await bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 1);
    await request(() => dispatch('cat.spotted', 2));
  });
  await bus.drain();
  const spans = sdk.spans();
  const { parent, links, attributes } = only(spans, 'many');
  expect(parent).toBe(undefined);
  expect(links.map(({ id }) => id)).toEqual([only(spans, 'POST').id]);
  expect(attributes['messaging.batch.message_count']).toBe(2);
});

it('A sampler sees the parent of an attempt as one of this process, and a sender as one of another.', async () => {
  await sdk.current.off();
  const picky = registerSdk({
    sampler: new ParentBasedSampler({
      root: new AlwaysOnSampler(),
      remoteParentSampled: new AlwaysOffSampler(),
    }),
  });
  const router = e.router().on('*.*', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router], otel: { newTrace: 'never' } });
  await bus.publish('cat.spotted', 1);
  await bus.deliver(envelope({ traceparent: `00-${TRACE}-${SPAN}-01` }));
  expect(picky.spans().map(({ name }) => name)).toEqual(['create cat.spotted', 'log cat.spotted']);
  await picky.off();
});

it('Spans that a listener makes stand below its attempt, after an await, too.', async () => {
  const router = e.router();
  router.on(
    'cat.spotted',
    async () => {
      await request(() => {}, 'first');
      await request(() => {}, 'second');
    },
    { name: 'log' },
  );
  await using bus = traced({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  expect(treeOf(sdk.spans())).toEqual([
    { 'create cat.spotted': [{ 'log cat.spotted': ['first', 'second'] }] },
  ]);
});
