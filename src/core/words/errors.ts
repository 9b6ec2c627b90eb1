import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The reason for an `EventsError`. */
export type EventsErrorCode =
  /** A catalog has a bad name, two events with the same name, or a value that is not a usable schema. */
  | 'BAD_CATALOG'
  /** A pattern is outside the grammar, or no event matches it. */
  | 'BAD_PATTERN'
  /** An option is unknown, or has a wrong value. */
  | 'BAD_OPTION'
  /** `e.dispatch` or `e.scope` was called outside any scope of its builder, or of a copy or another version of its module. */
  | 'NO_SCOPE'
  /** An event came from no procedure, and the bus has no `createContext`. If that throws, the listener has failed. */
  | 'NO_CONTEXT'
  /** The catalog has no such event. For `deliver`, a newer version of the application may have sent it. */
  | 'UNKNOWN_EVENT'
  | 'INVALID_PAYLOAD'
  /** A scope exceeded `limits.perScope`, the bus reached `limits.pending`, or a slow reader exceeded its stream's `limit`. */
  | 'LIMIT_EXCEEDED'
  /** `meta` threw, or its schema refused the result. The events are not delivered. */
  | 'META_FAILED'
  /** A listener or a handler threw. */
  | 'LISTENER_FAILED'
  /** A defer strategy, an observer, `onDiscard` or `deadLetter` threw. */
  | 'HOOK_FAILED'
  /** No handler takes the event, and `unhandled` is `'error'`. */
  | 'UNHANDLED'
  /** An attempt took longer than the `timeout` of its listener. */
  | 'TIMED_OUT'
  /** The error that `noRetry` makes, for listeners to throw. */
  | 'NOT_RETRIABLE'
  /** An event is more listeners deep than `limits.depth`. */
  | 'CHAIN_TOO_DEEP'
  /** An event was dispatched when the platform may already have frozen the process. */
  | 'LATE_DISPATCH'
  /** `drain` or `close` was called by a listener or call that it would wait for. */
  | 'SELF_WAIT'
  | 'DRAIN_TIMEOUT'
  | 'CLOSED'
  /** `deliver` was called on a disabled bus, whose queue must keep the message. */
  | 'DISABLED'
  | 'BAD_MESSAGE'
  /** A forwarder could not send an event, and has given up. */
  | 'SEND_FAILED'
  /** A consumer could not get messages, or could not keep, acknowledge or return one. */
  | 'RECEIVE_FAILED'
  /** The broker of a consumer answers again. This is reported so that an earlier alarm can be cleared. */
  | 'RECEIVE_RESUMED'
  | 'NOT_SERIALIZABLE';

const BRAND = Symbol.for('trpc-events.error');

/**
 * The only error class of this package. `instanceof` also recognizes errors from another copy of the package.
 *
 * @example
 * ```ts
 * import { EventsError } from 'trpc-events';
 *
 * try {
 *   ctx.dispatch('user.created', input);
 * } catch (error) {
 *   if (error instanceof EventsError && error.code === 'INVALID_PAYLOAD') console.log(error.issues);
 * }
 * ```
 */
export class EventsError extends Error {
  override readonly name = 'EventsError';
  readonly code: EventsErrorCode;
  /** The issues that the schema found, for `INVALID_PAYLOAD`, `META_FAILED` and `BAD_MESSAGE`. */
  declare readonly issues: readonly StandardSchemaV1.Issue[] | undefined;

  constructor(
    code: EventsErrorCode,
    message: string,
    options: { cause?: unknown; issues?: readonly StandardSchemaV1.Issue[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    // The property is left out if there are none, because it would be printed below each stack.
    if (options.issues !== undefined) this.issues = options.issues;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return typeof value === 'object' && value !== null && BRAND in value;
    } catch {
      // Revoked proxies, as immer leaves them, throw here. Error handlers use `instanceof`, so it must not throw.
      return false;
    }
  }
}
