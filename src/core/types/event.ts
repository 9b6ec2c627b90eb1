/** The type of `meta` if the application defines no schema for it. */
export type DefaultMeta = Record<string, unknown>;

/** An event as listeners get it: a fact, frozen once it is dispatched. */
export interface TypedEvent<TName extends string = string, TPayload = unknown, TMeta = DefaultMeta> {
  /** A UUIDv7: later ids sort after earlier ones. */
  readonly id: string;
  /** The sender of the event, if it came from a queue: `source` and `id` together tell it from all others. */
  readonly source?: string | undefined;
  /** The name of the event in the catalog. */
  readonly name: TName;
  /** The output of the event's schema. */
  readonly payload: TPayload;
  /** The time of the dispatch. */
  readonly time: Date;
  /** The key by which queues order or partition events. */
  readonly key?: string | undefined;
  /** The path of the tRPC procedure that dispatched the event, or the `path` that `withEvents` was given. */
  readonly path?: string | undefined;
  /** The id of the first event of this chain: the event's own id, if no listener dispatched it. */
  readonly correlationId: string;
  /** The id of the event whose listener dispatched this one. */
  readonly causationId?: string | undefined;
  /** The length of the chain above this event: 0 if no listener dispatched it, else one more than its cause's. */
  readonly depth: number;
  /** The W3C trace context, set by an observer. */
  readonly traceparent?: string | undefined;
  /** The W3C trace state, which belongs to `traceparent`. */
  readonly tracestate?: string | undefined;
  /** The application's own data, such as tenant, user or request id. */
  readonly meta: TMeta;
}

/** An event of any catalog. */
export type AnyEvent = TypedEvent<string, unknown, unknown>;

/**
 * An event from outside this process, not checked yet. A codec decodes a message to an envelope, and `bus.deliver`
 * takes one.
 */
export interface Envelope {
  /** The id of the event: a text that is not empty. */
  readonly id: string;
  /** The maker of the event, if the message names one. */
  readonly source?: string | undefined;
  /** The name of the event. `UNKNOWN_EVENT` if the catalog lacks it. */
  readonly name: string;
  /** The payload, which the schema of the event checks. Default: `undefined`. */
  readonly payload?: unknown;
  /** The time of the dispatch: a Date, or ISO 8601 text. */
  readonly time: Date | string;
  /** The key of the event. Default: none. */
  readonly key?: string | undefined;
  /** The path of the procedure that dispatched the event. Default: none. */
  readonly path?: string | undefined;
  /** The id of the first event of the chain. Default: the id of this event. */
  readonly correlationId?: string | undefined;
  /** The id of the event whose listener dispatched this one. Default: none. */
  readonly causationId?: string | undefined;
  /** The length of the chain above the event. Default: 0. */
  readonly depth?: number | undefined;
  /** The W3C trace context. Default: none. */
  readonly traceparent?: string | undefined;
  /** The W3C trace state. Default: none. */
  readonly tracestate?: string | undefined;
  /** The meta, which its schema checks. Default: an empty object. */
  readonly meta?: unknown;
}
