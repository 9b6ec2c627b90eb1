import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** A span of OpenTelemetry, and those below it. Times are `performance.now()`. */
export interface TracedSpan {
  readonly name: string;
  readonly kind: string;
  readonly from: number;
  to?: number;
  /** The message of the error, if the span failed. */
  error?: string;
  readonly children: TracedSpan[];
}

/** Keeps spans as trees, in the order in which they began. An application would export them instead. */
class SpanRecorder implements SpanProcessor {
  readonly roots: TracedSpan[] = [];
  readonly #spans = new Map<string, TracedSpan>();

  onStart(started: ReadableSpan): void {
    const { name, kind, parentSpanContext } = started;
    const from = performance.now();
    const span: TracedSpan = { name, kind: SpanKind[kind].toLowerCase(), from, children: [] };
    this.#spans.set(started.spanContext().spanId, span);
    const parent = parentSpanContext && this.#spans.get(parentSpanContext.spanId);
    (parent?.children ?? this.roots).push(span);
  }

  onEnd(ended: ReadableSpan): void {
    const span = this.#spans.get(ended.spanContext().spanId);
    if (span === undefined) return;
    span.to = performance.now();
    if (ended.status.code === SpanStatusCode.ERROR) span.error = ended.status.message ?? '';
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Registers OpenTelemetry's SDK until the result is disposed. `roots` fills up as spans begin. */
export function recordSpans(): { readonly roots: readonly TracedSpan[] } & Disposable {
  const recorder = new SpanRecorder();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [recorder] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    roots: recorder.roots,
    [Symbol.dispose]() {
      trace.disable();
      context.disable();
    },
  };
}

/** Returns a line for each span, indented under its parent, with a ✗ at those that failed. */
export function outline(spans: readonly TracedSpan[], indent = ''): string[] {
  return spans.flatMap(({ name, error, children }) => [
    `${indent}${error === undefined ? '' : '✗ '}${name}`,
    ...outline(children, `${indent}  `),
  ]);
}
