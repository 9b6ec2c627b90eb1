/** What travels with each event where the application names no schema for it. */
export type DefaultMeta = Record<string, unknown>;

/** An event as a listener gets it: a fact, frozen once it is dispatched. */
export interface TypedEvent<TName extends string = string, TPayload = unknown, TMeta = DefaultMeta> {
  /** A UUIDv7: ids made later sort later. */
  readonly id: string;
  readonly name: TName;
  /** The output of the event's schema. */
  readonly payload: TPayload;
  /** The moment of the dispatch. */
  readonly time: Date;
  /** What events are ordered or partitioned by, where they travel through a queue. */
  readonly key?: string | undefined;
  /** The tRPC procedure that dispatched it. */
  readonly path?: string | undefined;
  /** The id of the first event of this chain: its own, where no listener dispatched it. */
  readonly correlationId: string;
  /** The id of the event whose listener dispatched this one. */
  readonly causationId?: string | undefined;
  /** 0 for an event that no listener dispatched, else one more than its cause. */
  readonly depth: number;
  /** W3C trace context, put there by an observer. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  /** The application's own: tenant, user, request id. */
  readonly meta: TMeta;
}

/** An event of any catalog. */
export type AnyEvent = TypedEvent<string, unknown, unknown>;

/**
 * An event that comes from outside of this process, not yet checked: what a codec decodes a message to, and what
 * `bus.deliver` takes.
 */
export interface Envelope {
  readonly id: string;
  readonly name: string;
  readonly payload?: unknown;
  /** A Date, or ISO 8601 text. */
  readonly time: Date | string;
  readonly key?: string | undefined;
  readonly path?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly depth?: number | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly meta?: unknown;
}
