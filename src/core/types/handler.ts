import type { AnyEvent, Envelope } from './event.ts';

/** A call to a broker, as `send` takes it. */
export interface SendOptions {
  /** The name of the queue or the topic. */
  readonly destination: string;
  /** The kind of broker, as OpenTelemetry names it: `'aws.sqs'`, `'gcp.pubsub'`, `'nats'`. */
  readonly system: string;
  /** The events that the call sends: one or more. */
  readonly events: readonly AnyEvent[];
}
/** The second argument of a handler's `handleMany`, without ctx because the events may come from several procedures. */
export interface HandleManyOptions {
  /** Aborts when the delivery does, and when `bus.close` has run out of time. */
  readonly signal: AbortSignal;
  /** The number of the attempt in this process. */
  readonly attempt: number;
  /**
   * The time until which somebody waits, in ms since 1970; `Infinity` if nobody does. End your own retries before it.
   */
  readonly deadline: number;
  /**
   * Runs one call to a broker where observers see it. Returns or throws what `call` does. You may keep it and use it
   * after the handler has returned, for events of several flushes. It is the same function for all events of one bus:
   * a handler that gathers events must not mix those of two buses, whose observers differ. `drain` waits for it.
   *
   * @throws EventsError (as a rejection) `BAD_OPTION`
   */
  send<R>(to: SendOptions, call: () => R | PromiseLike<R>): Promise<R>;
}
/** The second argument of a handler's `handle`. */
export interface HandleOptions extends HandleManyOptions {
  /**
   * The ctx of the procedure that dispatched the event, or the one that `createContext` made, with `dispatch`. None is
   * made for a forwarder.
   */
  readonly ctx: any;
}
/** The optional result of `handleMany`: the events that it could not handle. */
export interface HandleManyResult {
  /** The ids of the events that failed, each with its error. The other events are done. */
  readonly failures: readonly { readonly id: string; readonly error: unknown }[];
}

/**
 * An object that a bus gives events to: a router, a forwarder, `echo()`, or your own. It has `handle` or `handleMany`.
 *
 * @example
 * ```ts
 * import type { EventHandler } from 'trpc-events';
 *
 * const audit: EventHandler = {
 *   name: 'audit',
 *   events: 'user.*',
 *   async handle(event, { ctx, signal }) {
 *     await ctx.db.audit.insert(event, { signal });
 *   },
 * };
 * ```
 */
export interface EventHandler<P extends string | readonly string[] = string | readonly string[]> {
  /** A name that is unique in a bus. Reports and failures show it. */
  readonly name: string;
  /** The patterns of the events that this handler gets. Default: all events. Read once, when the bus is made. */
  readonly events?: P;
  /**
   * True for a handler that only watches, such as a log or a counter. An event that nothing else takes is still
   * unhandled, and a forwarder that takes the same event needs no `local`. Default: false.
   */
  readonly passive?: boolean;
  /**
   * Called once per event, in the order of dispatch. Within one flush, each call waits until the one before has
   * settled; two flushes may overlap. An event that this process flushes is handled at most once, and again only if a
   * queue delivers it again. A throw or a rejection is reported to `onError` and doesn't affect other handlers. Not
   * called if `handleMany` exists.
   */
  handle?(event: AnyEvent, options: HandleOptions): unknown;
  /**
   * Called once per flush with the events that `events` selects, in the order of dispatch, never with an empty list;
   * two flushes may overlap. Events listed in the result's `failures` have failed, the rest are done. A throw fails all.
   */
  handleMany?(events: readonly AnyEvent[], options: HandleManyOptions): unknown;
  /**
   * Called once, by `bus.close()`: when no call to `handle` or `handleMany` runs or will come, or when `close` has run out
   * of time and the handler has ignored its signal. Send the events that you still hold, release what you opened, and
   * resolve when that is done. If it throws, `bus.close()` rejects after the other handlers are closed.
   */
  close?(): Promise<void> | void;
}

/**
 * A handler that sends events elsewhere, where their payloads are validated again. Events that came from a queue are
 * not given to it.
 */
export interface EventForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventHandler<P> {
  /** Marks the handler as a forwarder. */
  readonly remote: true;
  /**
   * If `true`, local listeners get these events too; if `false`, only the queue does. Required if a local listener takes
   * an event that this forwarder takes.
   */
  readonly local?: boolean | undefined;
  /**
   * Turns events into messages. Outside production, the bus reads each event back through it and through its schema
   * before the forwarder gets the event, and refuses an event that would arrive changed (`NOT_SERIALIZABLE`), unless the
   * codec is `lossy`. Default: none; then only the schema is tried.
   */
  readonly codec?: MessageCodec | undefined;
}

/** The part of a codec that a bus uses. */
export interface MessageCodec {
  /**
   * True if a message has less than its event, because its readers expect no more. The bus then reads nothing back.
   * Default: false.
   */
  readonly lossy?: boolean | undefined;
  encode(event: AnyEvent): string;
  decode(text: string): Envelope;
}

/** A handler or a forwarder. This is not a union, because the compiler would then take a router's types apart. */
export interface AnyHandler extends EventHandler {
  readonly remote?: true;
  readonly local?: boolean | undefined;
  readonly codec?: MessageCodec | undefined;
}
