import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import type { TraceContext } from '../core/types/observer.ts';

/** A W3C trace context: version, trace, span, flags. A version after 00 may append more fields. */
const TRACEPARENT =
  /^(?:00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})|(?!00|ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?)$/;

/**
 * Writes a span's context in the W3C format. The global propagator isn't used, because it may write another format, or
 * headers that no event has a field for. Returns `undefined` if there is no trace.
 */
export function writeTraceContext(span: SpanContext | undefined): TraceContext | undefined {
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  const tracestate = span.traceState?.serialize();
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    tracestate: tracestate === '' ? undefined : tracestate,
  };
}

/** Reads the trace context of an event. Returns `undefined` if it has none, or one that is not valid. */
export function readTraceContext(
  { traceparent, tracestate }: AnyEvent,
  isRemote: boolean,
): SpanContext | undefined {
  if (traceparent === undefined) return undefined;
  const found = TRACEPARENT.exec(traceparent);
  if (found === null) return undefined;
  const [, traceId = found[4]!, spanId = found[5]!, flags = found[6]!] = found;
  const traceState = tracestate === undefined ? undefined : createTraceState(tracestate);
  const span: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote,
    ...(traceState !== undefined && { traceState }),
  };
  return isSpanContextValid(span) ? span : undefined;
}
