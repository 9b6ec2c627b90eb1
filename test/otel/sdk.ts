/** The OpenTelemetry SDK as an application registers it, with everything kept in memory. */
import { context, metrics, trace, type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** A span as tests read it. Ids that repeat in a test are compared by the spans that they belong to. */
export interface SpanRecord {
  readonly name: string;
  readonly kind: string;
  readonly id: string;
  readonly trace: string;
  /** The id of the parent, which may be a span of another process. */
  readonly parent: string | undefined;
  readonly isParentRemote: boolean | undefined;
  /** The ids of the linked spans, with the attributes of the links. */
  readonly links: readonly { readonly id: string; readonly attributes: Attributes }[];
  readonly attributes: Attributes;
  readonly status: 'unset' | 'ok' | 'error';
  readonly message: string | undefined;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly state: string | undefined;
}

export interface Point {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
  /** The sum of a counter, or the number of values of a histogram. */
  readonly value: number;
  /** The sum of the values of a histogram, and its bounds. */
  readonly sum?: number | undefined;
  readonly bounds?: readonly number[] | undefined;
}

/** Keeps the spans that have begun, and those that have ended. */
class Keeper implements SpanProcessor {
  /** The spans in the order in which they began. `undefined` for a span that has not ended. */
  readonly spans = new Map<string, ReadableSpan | undefined>();

  onStart(span: { spanContext(): { spanId: string } }): void {
    this.spans.set(span.spanContext().spanId, undefined);
  }

  onEnd(span: ReadableSpan): void {
    this.spans.set(span.spanContext().spanId, span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Registers the SDK. The result has what the SDK got, and its `off` unregisters the SDK. */
export function registerSdk({
  sampler,
  processors = [],
}: { sampler?: Sampler; processors?: SpanProcessor[] } = {}) {
  const keeper = new Keeper();
  const tracerProvider = new TracerProvider({
    spanProcessors: [keeper, ...processors],
    ...(sampler !== undefined && { sampler }),
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  trace.setGlobalTracerProvider(tracerProvider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(meterProvider);
  return {
    tracerProvider,
    meterProvider,
    get open(): number {
      return [...keeper.spans.values()].filter((span) => span === undefined).length;
    },
    /** Returns the spans that have ended, in the order in which they began. */
    spans: (): readonly SpanRecord[] =>
      [...keeper.spans.values()].flatMap((span) => (span === undefined ? [] : [recordOf(span)])),
    async points(): Promise<readonly Point[]> {
      exporter.reset();
      await reader.forceFlush();
      return exporter.getMetrics().flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) =>
          metrics.flatMap((metric): Point[] => {
            const { name, unit } = metric.descriptor;
            if (metric.dataPointType === DataPointType.HISTOGRAM) {
              return metric.dataPoints.map(({ attributes, value }) => ({
                name,
                unit,
                attributes,
                value: value.count,
                sum: value.sum,
                bounds: value.buckets.boundaries,
              }));
            }
            return metric.dataPoints.map(({ attributes, value }) => ({
              name,
              unit,
              attributes,
              value: value as number,
            }));
          }),
        ),
      );
    },
    async off(): Promise<void> {
      trace.disable();
      context.disable();
      metrics.disable();
      await meterProvider.shutdown();
    },
  };
}

function recordOf(span: ReadableSpan): SpanRecord {
  const { traceId, spanId, traceState } = span.spanContext();
  return {
    name: span.name,
    kind: SpanKind[span.kind],
    id: spanId,
    trace: traceId,
    parent: span.parentSpanContext?.spanId,
    isParentRemote: span.parentSpanContext?.isRemote,
    links: span.links.map(({ context, attributes = {} }) => ({ id: context.spanId, attributes })),
    attributes: span.attributes,
    status: (['unset', 'ok', 'error'] as const)[span.status.code],
    message: span.status.code === SpanStatusCode.ERROR ? span.status.message : undefined,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    state: traceState?.serialize(),
  };
}
