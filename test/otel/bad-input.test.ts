import { context, trace, type Attributes, type Meter, type Span, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import type { AnyEvent, ErrorReport, EventForwarder } from '../../src/index.ts';
import { openTelemetry } from '../../src/otel/index.ts';
import { collector, e, thrownBy, untyped } from '../core/shop.ts';
import { registerSdk } from './sdk.ts';
import { only, request, traced, treeOf, useSdk } from './stage.ts';
import { gate, turn } from '../setup/async.ts';

const sdk = useSdk();

it.each([
  [{ trace: true }, 'openTelemetry has no option "trace". Did you mean "tracer"?'],
  [{ tracer: {} }, 'openTelemetry: tracer must be a Tracer, not an object.'],
  [{ meter: trace }, 'openTelemetry: meter must be a Meter, not an object.'],
  [{ create: 'yes' }, 'openTelemetry: create must be true or false, not "yes".'],
  [{ newTrace: true }, 'openTelemetry: newTrace must be "queue" or "always" or "never", not true.'],
  [{ suppress: 0 }, 'openTelemetry: suppress must be true or false, not 0.'],
  [{ attributes: {} }, 'openTelemetry: attributes must be a function, not an object.'],
  ['all', 'openTelemetry takes an object of options, not "all".'],
])('%j is refused.', (options, message) => {
  expect(thrownBy(() => untyped(openTelemetry)(options))).toMatchObject({ code: 'BAD_OPTION', message });
});

const broken = (): never => {
  throw new Error('broken');
};

/** Makes a bus whose events go through every step, with an OpenTelemetry observer that has these options. */
function stage(options: Parameters<typeof openTelemetry>[0]) {
  const reports: ErrorReport[] = [];
  const seen = collector();
  let sends = 0;
  const queue: EventForwarder = {
    name: 'queue',
    remote: true,
    local: true,
    events: 'cat.*',
    handle: (event, { send }) =>
      send({ system: 'nats', destination: 'cats', events: [event] }, () => void sends++),
  };
  const bus = e.bus({
    handlers: [seen.handler, queue],
    observers: [openTelemetry(options)],
    onError: (report) => void reports.push(report),
  });
  return {
    bus,
    seen,
    reports,
    sends: () => sends,
    async run() {
      for (const cat of ['Tom', 'Kit']) await bus.publish('cat.spotted', cat);
      const message = { id: '1', name: 'cat.spotted', payload: 'Sam', time: new Date() };
      const { failures } = await bus.deliver(message);
      await bus.scope(({ dispatch }) => dispatch('cat.spotted', 'dropped', { when: 'failure' }));
      await bus.drain();
      expect(failures).toEqual([]);
      expect(seen.payloads).toEqual(['Tom', 'Kit', 'Sam']);
      expect(sends).toBe(2);
    },
  };
}

const brokenTracer = (): Tracer => ({ startSpan: broken, startActiveSpan: broken });

it('A tracer that throws costs the call nothing, and is reported once a minute.', async () => {
  const { bus, run, reports, seen } = stage({ tracer: brokenTracer() });
  await run();
  expect(reports.map(({ error }) => error.message)).toEqual([
    'The observer opentelemetry, in dispatched, threw Error: broken',
  ]);
  expect(seen.events[0]!.traceparent).toBe(undefined);
  // The metrics are still measured.
  const points = await sdk.points();
  const durations = points.filter(({ name }) => name === 'messaging.process.duration');
  expect(durations.map(({ value }) => value)).toEqual([3, 2]);
  await bus.close();
});

/** Makes a bus whose one listener fails. The spans of its tracer have the members of `part` instead of their own. */
function failing(part: Partial<Span>) {
  const reports: ErrorReport[] = [];
  const tracer = sdk.current.tracerProvider.getTracer('test');
  const startSpan = tracer.startSpan.bind(tracer);
  tracer.startSpan = (...args) => Object.assign(startSpan(...args), part);
  const events: AnyEvent[] = [];
  const router = e.router();
  router.on(
    'cat.spotted',
    ({ event }) => {
      events.push(event);
      return Promise.reject(new Error('boom'));
    },
    { name: 'log' },
  );
  const bus = e.bus({
    handlers: [router],
    observers: [openTelemetry({ tracer })],
    onError: (report) => void reports.push(report),
  });
  return { bus, events, codes: () => reports.map(({ error }) => error.code) };
}

it.each(['setStatus', 'setAttribute', 'recordException'] as const)(
  'A span whose %s throws is reported, ends, and has the rest.',
  async (method) => {
    const { bus, codes } = failing({ [method]: broken });
    await bus.publish('cat.spotted', 1);
    await bus.close();
    expect(codes()).toEqual(['LISTENER_FAILED', 'HOOK_FAILED']);
    expect(sdk.spans().map(({ name }) => name)).toEqual(['create cat.spotted', 'log cat.spotted']);
    const { status, attributes, events } = only(sdk.spans(), 'log cat.spotted');
    expect({ status, type: attributes['error.type'], events: events.length }).toEqual({
      status: method === 'setStatus' ? 'unset' : 'error',
      type: method === 'setAttribute' ? undefined : 'Error',
      events: method === 'recordException' ? 0 : 1,
    });
  },
);

it('A span whose end throws is reported, and its context travels.', async () => {
  let left = 2;
  const { bus, codes, events } = failing({
    end(this: Span) {
      // Calls the SDK's own `end`, so that no span stays open.
      (Object.getPrototypeOf(this) as Span).end.call(this);
      if (left-- > 0) broken();
    },
  });
  await bus.publish('cat.spotted', 1);
  await bus.close();
  expect(codes()).toEqual(['LISTENER_FAILED', 'HOOK_FAILED']);
  expect(events[0]!.traceparent).toContain(only(sdk.spans(), 'create cat.spotted').id);
});

it('A span that throws when its bus closes keeps no other span open.', async () => {
  const { promise, open } = gate();
  const tracer = sdk.current.tracerProvider.getTracer('test');
  const startSpan = tracer.startSpan.bind(tracer);
  tracer.startSpan = (...args) => Object.assign(startSpan(...args), { setAttribute: broken });
  const reports: ErrorReport[] = [];
  const router = e.router().on('cat.spotted', () => promise, { name: 'slow', concurrency: 9 });
  const bus = e.bus({
    handlers: [router],
    observers: [openTelemetry({ tracer })],
    onError: (report) => void reports.push(report),
  });
  for (const cat of [1, 2]) void bus.publish('cat.spotted', cat);
  await turn();
  await bus.close({ timeout: 5 }).catch(() => {});
  expect(sdk.current.open).toBe(0);
  expect(reports.map(({ error }) => error.message)).toEqual([
    'The observer opentelemetry, in what attached returned, threw Error: broken',
  ]);
  open();
});

it('A meter that throws when its bus closes keeps no span open.', async () => {
  const { promise, open } = gate();
  const meter = Object.create(sdk.current.meterProvider.getMeter('test')) as Meter;
  meter.createObservableUpDownCounter = () => ({ addCallback: () => {}, removeCallback: broken });
  const router = e.router().on('cat.spotted', () => promise, { name: 'slow' });
  const bus = traced({ handlers: [router], otel: { meter } });
  void bus.publish('cat.spotted', 1);
  await bus.close({ timeout: 5 }).catch(() => {});
  expect(sdk.current.open).toBe(0);
  open();
});

it('A context manager that throws is reported; the listener runs, and its span ends.', async () => {
  const seen = collector();
  const reports: ErrorReport[] = [];
  const bus = traced({ handlers: [seen.handler], onError: (report) => void reports.push(report) });
  context.disable();
  context.setGlobalContextManager(Object.assign(new AsyncLocalStorageContextManager(), { with: broken }));
  await bus.publish('cat.spotted', 'Tom');
  await turn();
  expect(seen.payloads).toEqual(['Tom']);
  expect(sdk.current.open).toBe(0);
  expect(reports.map(({ error }) => error.message)).toEqual([
    'The observer opentelemetry, in wrapAttempt, threw Error: broken',
  ]);
  await bus.close();
});

it.each<[string, Partial<Meter>]>([
  ['a meter that makes no histogram', { createHistogram: broken }],
  ['a meter that makes no observable', { createObservableUpDownCounter: broken }],
  [
    'instruments that throw',
    {
      createHistogram: () => ({ record: broken, enabled: () => true }) as never,
      createCounter: () => ({ add: broken, enabled: () => true }) as never,
    },
  ],
  [
    'an observable that throws',
    { createObservableUpDownCounter: () => ({ addCallback: broken, removeCallback: broken }) },
  ],
])('With %s, calls and traces go on, and one report a minute tells of it.', async (_, part) => {
  const meter = Object.assign(Object.create(sdk.current.meterProvider.getMeter('test')) as Meter, part);
  const { bus, run, reports } = stage({ meter });
  await run();
  await bus.close();
  expect(reports.map(({ error }) => [error.code, String(error.cause)])).toEqual([
    ['HOOK_FAILED', 'Error: broken'],
  ]);
  const spans = sdk.spans();
  expect(treeOf(spans).slice(0, 2)).toEqual(
    Array.from({ length: 2 }, () => ({
      'create cat.spotted': ['collector cat.spotted', { 'queue cat.spotted': ['send cats'] }],
    })),
  );
});

it('Attributes that throw are left out, and reported.', async () => {
  const { bus, run, reports } = stage({ attributes: broken });
  await run();
  await bus.close();
  expect(reports.map(({ error }) => error.code)).toEqual(['HOOK_FAILED']);
  expect(only(sdk.spans(), 'process cat.spotted').attributes['messaging.message.id']).toBe('1');
});

it.each([
  ['a promise', () => Promise.resolve({ tenant: 'acme' })],
  ['a promise', () => Promise.reject(new Error('later'))],
  ['"acme"', () => 'acme'],
  ['null', () => null],
])(
  'An option `attributes` that returns %s is reported, and its spans are without.',
  async (words, attributes) => {
    const reports: ErrorReport[] = [];
    const bus = traced({
      handlers: [collector().handler],
      otel: { attributes: attributes as never },
      onError: (report) => void reports.push(report),
    });
    await bus.publish('cat.spotted', 1);
    await bus.close();
    expect(reports.map(({ error }) => error.message)).toEqual([
      `The observer opentelemetry, in wrapAttempt, threw TypeError: the function of the option attributes must return an object, not ${words}`,
    ]);
    expect(
      Object.keys(sdk.spans()[0]!.attributes).filter((key) => !/^messaging|^trpc_events/.test(key)),
    ).toEqual([]);
  },
);

it('Attributes of the application can not replace those of the conventions.', async () => {
  const attributes = (): Attributes => ({ 'messaging.message.id': 'mine', tenant: 'acme' });
  await using bus = traced({ handlers: [collector().handler], otel: { attributes } });
  const { event } = await bus.publish('cat.spotted', 1);
  for (const span of sdk.spans()) {
    expect(span.attributes).toMatchObject({ 'messaging.message.id': event.id, tenant: 'acme' });
  }
});

it('A close does not wait for an exporter that hangs.', async () => {
  await sdk.current.off();
  const exported: unknown[] = [];
  const processor = new BatchSpanProcessor({
    exporter: {
      export: (spans) => void exported.push(...spans),
      forceFlush: () => new Promise(() => {}),
      shutdown: () => new Promise(() => {}),
    },
  });
  const hanging = registerSdk({ processors: [processor] });
  const bus = traced({ handlers: [collector().handler] });
  await bus.publish('cat.spotted', 1);
  void hanging.tracerProvider.shutdown();
  await bus.close({ timeout: 1000 });
  expect(hanging.open).toBe(0);
  expect(exported).toHaveLength(2);
  await hanging.off();
});

it('Two buses may have one observer.', async () => {
  const observer = openTelemetry();
  const two = e.bus({ handlers: [collector().handler], observers: [observer] });
  const router = e.router().on('cat.spotted', () => two.publish('cache.cleared'), { name: 'hand-over' });
  const one = e.bus({ handlers: [router], observers: [observer] });
  await request(() => one.publish('cat.spotted', 1));
  await one.close();
  await two.publish('cache.cleared');
  await two.close();
  expect(treeOf(sdk.spans())).toEqual([
    {
      POST: [
        {
          'create cat.spotted': [
            { 'hand-over cat.spotted': [{ 'create cache.cleared': ['collector cache.cleared'] }] },
          ],
        },
      ],
    },
    { 'create cache.cleared': ['collector cache.cleared'] },
  ]);
});

it('One bus may have two observers: the context of the first travels, and both trace each attempt below it.', async () => {
  const seen = collector();
  const [mine, other] = [0, 1].map((n) => openTelemetry({ attributes: () => ({ n }) }));
  const bus = e.bus({ handlers: [seen.handler], observers: [mine!, other!] });
  await request(() => bus.publish('cat.spotted', 1));
  await bus.close();
  const spans = sdk.spans();
  expect(treeOf(spans)).toEqual([
    {
      POST: [
        { 'create cat.spotted': ['collector cat.spotted', 'collector cat.spotted'] },
        'create cat.spotted',
      ],
    },
  ]);
  const first = spans.find(({ name }) => name === 'create cat.spotted');
  expect(first!.attributes['n']).toBe(0);
  expect(seen.events[0]!.traceparent).toContain(first!.id);
});
