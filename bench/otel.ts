/** The cost of OpenTelemetry for a call with one event and one listener: with the API alone, and with an SDK. */
import { context, metrics, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { EventObserver } from '../src/index.ts';
import { openTelemetry } from '../src/otel/index.ts';
import { compare, type Case } from './ab.ts';
import type { Table } from './report.ts';
import { events } from './subjects.ts';

const call = (name: string, observers: readonly EventObserver[]): Case =>
  events(name, { events: 1, listeners: 1, observers });

/** Compares first without the SDK, because it can't be removed completely once it is registered. */
export async function* otel(rounds: number): AsyncGenerator<Table> {
  const alone = [call('1 × 1, no observer', []), call('the API alone', [openTelemetry()])];
  const title = 'A call of 1 × 1 with openTelemetry(), ÷ one without observers';
  yield await compare(`${title}: no SDK`, alone, rounds, [undefined, { atMost: 1.35 }]);
  yield await compare(`${title}: with an SDK`, withSdk(), rounds);
}

/** Makes a span per step by hand, to show what the SDK itself costs. */
const BY_HAND: EventObserver = {
  name: 'by hand',
  dispatched({ name }) {
    const span = trace.getTracer('bench').startSpan(`create ${name}`, { kind: SpanKind.PRODUCER });
    span.end();
    const { traceId, spanId } = span.spanContext();
    return { traceparent: `00-${traceId}-${spanId}-01` };
  },
  async wrapAttempt({ listener, event }, run) {
    const [, traceId, spanId] = event.traceparent!.split('-') as [string, string, string];
    const parent = trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: 1 });
    const span = trace.getTracer('bench').startSpan(`${listener} ${event.name}`, {}, parent);
    await context.with(trace.setSpan(parent, span), run);
    span.end();
  },
};

/** Throws spans away, as a back end that costs nothing would. */
const NOWHERE: SpanExporter = {
  export: (_, done) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
};

function withSdk(): readonly Case[] {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: NOWHERE })] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return [
    call('1 × 1, no observer', []),
    call('a span per step by hand', [BY_HAND]),
    call('with the SDK', [openTelemetry()]),
  ];
}
