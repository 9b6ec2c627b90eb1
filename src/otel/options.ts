import type { Attributes, Meter, Tracer } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import { aBoolean, aFunction, oneOf, readOptions, type Rules, withMethods } from '../core/words/options.ts';

/** The options of `openTelemetry`. */
export interface OpenTelemetryOptions {
  /** Makes the spans. Default: the tracer `trpc-events` of the global provider, which may be registered later. */
  tracer?: Tracer | undefined;
  /** Makes the metrics. Default: the meter `trpc-events` of the global provider, which may be registered later. */
  meter?: Meter | undefined;
  /**
   * Whether each dispatch has a span of its own. If `false`, the event carries the span that is active at the dispatch.
   * Default: true.
   */
  create?: boolean | undefined;
  /**
   * The places where a new trace begins, linked to the one before. `'queue'`: when an event comes from a queue.
   * `'always'`: at each attempt of a listener, too. `'never'`: the sender's trace goes on after the queue. Default:
   * `'queue'`.
   */
  newTrace?: 'queue' | 'always' | 'never' | undefined;
  /**
   * Whether the spans of a broker's client are suppressed while it sends. Otherwise each call to the broker would be shown
   * twice. Default: true.
   */
  suppress?: boolean | undefined;
  /**
   * Returns attributes for the spans of an event, such as its tenant. It must not return a promise. Metrics don't have
   * these attributes. Default: none.
   */
  attributes?: ((event: AnyEvent) => Attributes) | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly tracer: Tracer | undefined;
  readonly meter: Meter | undefined;
  readonly create: boolean;
  readonly newTrace: 'queue' | 'always' | 'never';
  readonly suppress: boolean;
  readonly attributes: ((event: AnyEvent) => Attributes) | undefined;
}

const RULES: Rules = {
  tracer: withMethods(['startSpan'], 'a Tracer'),
  meter: withMethods(['createHistogram', 'createCounter', 'createObservableUpDownCounter'], 'a Meter'),
  create: aBoolean,
  newTrace: oneOf('queue', 'always', 'never'),
  suppress: aBoolean,
  attributes: aFunction,
};

/** @throws EventsError `BAD_OPTION` */
export function readSettings(given: OpenTelemetryOptions | undefined): Settings {
  const {
    create = true,
    newTrace = 'queue',
    suppress = true,
    ...rest
  } = readOptions('openTelemetry', given, RULES);
  const { tracer, meter, attributes } = rest;
  return { tracer, meter, create, newTrace, suppress, attributes };
}
