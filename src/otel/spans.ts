import {
  isSpanContextValid,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import type {
  AttemptInfo,
  DeliveryInfo,
  DiscardReason,
  ObservedBus,
  Outcome,
  SendInfo,
  TraceContext,
} from '../core/types/observer.ts';
import { EventsError } from '../core/words/errors.ts';
import { causeOf } from '../core/words/quote.ts';
import { HandlerAttempts } from './attempts.ts';
import {
  commonName,
  errorType,
  eventAttributes,
  HERE,
  readAttributes,
  stepAttributes,
} from './attributes.ts';
import { warnOfOtherCopy } from './copies.ts';
import { warnOfEarlyEnd } from './early-end.ts';
import type { Faults } from './faults.ts';
import { late } from './late.ts';
import { OpenSpans } from './open-spans.ts';
import type { Settings } from './options.ts';
import { activeContext, suppressed } from './suppression.ts';
import { readTraceContext, writeTraceContext } from './trace-context.ts';

/** A span that has begun, and the context in which its step runs. */
export interface Begun {
  readonly span: Span;
  readonly context: Context;
  /** False if the span is not sampled, or nothing makes spans. */
  readonly isRecording: boolean;
}

/**
 * The spans of an observer. An attempt's parent comes from its event, never from the active span, because a flush may
 * begin long after its call, in the middle of another one.
 */
export class Spans {
  readonly #settings: Settings;
  readonly #faults: Faults;
  readonly #tracer: () => Tracer;
  /** The `process` spans of events that came from a queue. */
  readonly #deliveries = new WeakMap<AnyEvent, SpanContext>();
  readonly #open = new OpenSpans();
  readonly #attempts = new HandlerAttempts();

  constructor(settings: Settings, faults: Faults) {
    const { tracer } = settings;
    this.#settings = settings;
    this.#faults = faults;
    this.#tracer =
      tracer === undefined
        ? late(
            () => (warnOfOtherCopy(), trace.getTracerProvider()),
            (provider) => provider.getTracer('trpc-events'),
          )
        : () => tracer;
  }

  /** Returns the trace context that travels with an event: its own span's, or the active span's. */
  create(event: AnyEvent): TraceContext | undefined {
    const active = activeContext();
    if (!this.#settings.create) return writeTraceContext(trace.getSpanContext(active));
    const attributes = this.#attributes('create', HERE, event.name, [event]);
    const options = { kind: SpanKind.PRODUCER, attributes };
    const span = this.#tracer().startSpan(`create ${event.name}`, options, active);
    this.#faults.keep(() => span.end());
    return writeTraceContext(span.spanContext());
  }

  drop(event: AnyEvent, reason: DiscardReason): void {
    trace.getActiveSpan()?.addEvent('trpc_events.dropped', {
      'trpc_events.event': event.name,
      'trpc_events.reason': reason,
      'messaging.message.id': event.id,
    });
  }

  attempt(info: AttemptInfo, bus: ObservedBus): Begun {
    const { listener, kind, event, events } = info;
    const isBatch = events.length > 1;
    const links = isBatch ? this.#linksTo(events) : [];
    let parent = isBatch ? commonTrace(links, events.length) : this.#contextOf(event);
    if (parent !== undefined && this.#settings.newTrace === 'always') {
      if (!isBatch) links.push({ context: parent });
      parent = undefined;
    }
    const attributes: Attributes = {
      ...this.#attributes('process', HERE, commonName(events), events),
      'trpc_events.listener': listener,
      'trpc_events.attempt': info.attempt,
      'trpc_events.attempts': info.attempts,
    };
    const name = isBatch ? listener : `${listener} ${event.name}`;
    const begun = this.#begin(bus, name, { kind: SpanKind.INTERNAL, attributes, links }, below(parent));
    if (kind === 'listener') return begun;
    return { ...begun, context: this.#attempts.begin(listener, events, begun.span, begun.context) };
  }

  send({ forwarder, system, destination, events }: SendInfo, bus: ObservedBus): Begun {
    const attributes = {
      ...this.#attributes('send', system, destination, events),
      'trpc_events.listener': forwarder,
    };
    const options = { kind: SpanKind.CLIENT, attributes, links: this.#linksTo(events) };
    const parent = this.#attempts.contextOf(forwarder, events);
    const begun = this.#begin(bus, `send ${destination}`, options, parent);
    return this.#settings.suppress ? { ...begun, context: suppressed(begun.context) } : begun;
  }

  delivery({ event, attempt, from }: DeliveryInfo, bus: ObservedBus): Begun {
    const active = activeContext();
    const consumer = validOf(trace.getSpanContext(active));
    const sender = readTraceContext(event, true);
    const goesOn = this.#settings.newTrace === 'never' && sender !== undefined;
    const linked = goesOn ? consumer : sender;
    const attributes = {
      ...this.#attributes('process', from?.system ?? HERE, from?.destination ?? event.name, [event]),
      'trpc_events.event': event.name,
      'trpc_events.attempt': attempt,
    };
    const begun = this.#begin(
      bus,
      `process ${event.name}`,
      { kind: SpanKind.CONSUMER, attributes, links: linked === undefined ? [] : [{ context: linked }] },
      goesOn ? trace.setSpanContext(active, sender) : active,
    );
    const own = this.#faults.keep(() => validOf(begun.span.spanContext()));
    if (own !== undefined) this.#deliveries.set(event, own);
    return begun;
  }

  /** Ends a span. Only an attempt records the exception, or each span around it would count it again. */
  end(bus: ObservedBus, { span, isRecording }: Begun, outcome: Outcome, showsException: boolean): void {
    if (!this.#open.delete(bus, span)) return;
    // An SDK warns about each call on a span that has ended.
    if (isRecording && this.#faults.keep(() => span.isRecording()) === false) return warnOfEarlyEnd();
    if (!outcome.ok) {
      const { error } = outcome;
      this.#faults.keep(() => span.setStatus({ code: SpanStatusCode.ERROR, message: causeOf(error) }));
      this.#faults.keep(() => span.setAttribute('error.type', errorType(error)));
      if (showsException) this.#faults.keep(() => span.recordException(exceptionOf(error)));
    }
    this.#faults.keep(() => span.end());
  }

  /** Ends the spans that are still open when their bus has closed, because a span that never ends is never shown. */
  endAll(bus: ObservedBus): void {
    for (const span of this.#open.take(bus)) {
      this.#faults.keep(() => span.setAttribute('trpc_events.unfinished', true));
      this.#faults.keep(() => span.end());
    }
  }

  #begin(bus: ObservedBus, ...args: Required<Parameters<Tracer['startSpan']>>): Begun {
    const span = this.#tracer().startSpan(...args);
    this.#open.add(bus, span);
    const isRecording = this.#faults.keep(() => span.isRecording()) === true;
    return { span, context: trace.setSpan(args[2], span), isRecording };
  }

  #attributesOf(event: AnyEvent): Attributes | undefined {
    const { attributes } = this.#settings;
    return attributes && this.#faults.keep(() => readAttributes(attributes(event)));
  }

  /** Returns the context that an event belongs to: the span that processes it, if it came from a queue, or its own. */
  #contextOf(event: AnyEvent): SpanContext | undefined {
    return this.#deliveries.get(event) ?? readTraceContext(event, false);
  }

  /** Returns a link to each event that has a trace. If there are several events, each link has the attributes of its event. */
  #linksTo(events: readonly AnyEvent[]): Link[] {
    return events.flatMap((event) => {
      const of = this.#contextOf(event);
      if (of === undefined) return [];
      if (events.length === 1) return [{ context: of }];
      return [{ context: of, attributes: { ...this.#attributesOf(event), ...eventAttributes(event) } }];
    });
  }

  /** Returns the attributes of a step: those of its one event, or the number of its events. */
  #attributes(
    operation: Parameters<typeof stepAttributes>[0],
    system: string,
    destination: string | undefined,
    events: readonly AnyEvent[],
  ): Attributes {
    const [event] = events;
    const isBatch = events.length > 1;
    return {
      ...(!isBatch && this.#attributesOf(event!)),
      ...stepAttributes(operation, system, destination),
      'messaging.operation.type': operation,
      ...(isBatch ? { 'messaging.batch.message_count': events.length } : eventAttributes(event!)),
    };
  }
}

/** Returns the active context with another span, or without one. Baggage and other values of the application stay. */
function below(parent: SpanContext | undefined): Context {
  const active = activeContext();
  return parent === undefined ? trace.deleteSpan(active) : trace.setSpanContext(active, parent);
}

/** Returns the first linked span if all of the `count` events have a link, and all links are to one trace. */
function commonTrace(links: readonly Link[], count: number): SpanContext | undefined {
  const first = links[0]?.context;
  const isCommon = links.every(({ context }) => context.traceId === first?.traceId);
  return isCommon && links.length === count ? first : undefined;
}

function validOf(span: SpanContext | undefined): SpanContext | undefined {
  return span !== undefined && isSpanContextValid(span) ? span : undefined;
}

/** Returns the error that a listener threw, without the error that `noRetry` wraps around it. */
function exceptionOf(thrown: unknown): Error | string {
  const error = thrown instanceof EventsError && thrown.code === 'NOT_RETRIABLE' ? thrown.cause : thrown;
  return error instanceof Error ? error : causeOf(error);
}
