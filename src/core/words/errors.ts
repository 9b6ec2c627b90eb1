import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What went wrong. */
export type EventsErrorCode =
  /** A catalog with a bad name, two events of one name, or something that is no usable schema. */
  | 'BAD_CATALOG'
  /** A pattern outside the grammar, or one that no event matches. */
  | 'BAD_PATTERN'
  /** An unknown option, or a wrong value of one. */
  | 'BAD_OPTION'
  /** `e.dispatch` or `e.scope` outside any scope. */
  | 'NO_SCOPE'
  /** An event that came from no procedure, and a bus without `createContext`. */
  | 'NO_CONTEXT'
  | 'UNKNOWN_EVENT'
  | 'INVALID_PAYLOAD'
  /** More events than `limits.perScope`, or than a slow reader of a stream may leave waiting. */
  | 'LIMIT_EXCEEDED'
  /** `meta` threw, or gave what its schema refuses: the events are not delivered. */
  | 'META_FAILED'
  /** A listener or a handler threw. */
  | 'LISTENER_FAILED'
  /** A defer strategy, an observer, or `onDiscard` threw. */
  | 'HOOK_FAILED'
  /** No handler takes the event, and `unhandled` is `'error'`. */
  | 'UNHANDLED'
  /** An attempt took longer than the `timeout` of its listener. */
  | 'TIMED_OUT'
  /** What `noRetry` makes. */
  | 'NOT_RETRIABLE'
  /** Events that cause events, deeper than `limits.depth`. */
  | 'CHAIN_TOO_DEEP'
  /** Dispatched after the platform may have frozen the process. */
  | 'LATE_DISPATCH'
  /** `drain` or `close`, called by what they would wait for. */
  | 'SELF_WAIT'
  | 'DRAIN_TIMEOUT'
  | 'CLOSED'
  | 'BAD_MESSAGE'
  | 'SEND_FAILED'
  | 'NOT_SERIALIZABLE';

const BRAND = Symbol.for('trpc-events.error');

/**
 * The one class of errors of this package. `instanceof` recognises those of another copy of it too.
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
  /** What the schema found, for `INVALID_PAYLOAD`, `META_FAILED` and `BAD_MESSAGE`. */
  declare readonly issues: readonly StandardSchemaV1.Issue[] | undefined;

  constructor(
    code: EventsErrorCode,
    message: string,
    options: { cause?: unknown; issues?: readonly StandardSchemaV1.Issue[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    // Left out where there are none: it would stand below each stack that is printed.
    if (options.issues !== undefined) this.issues = options.issues;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return typeof value === 'object' && value !== null && BRAND in value;
    } catch {
      // A revoked proxy, as immer leaves them: whoever asks is handling what was thrown, and must come to its end.
      return false;
    }
  }
}
