/** A call as a defer strategy sees it: a procedure call, a call that `withEvents` wraps, or another outermost scope. */
export interface DeferCall<TContext = any> {
  /** The ctx of the call; `undefined` once it has settled and `start` has returned. */
  readonly ctx: TContext;
  /** The call's abort signal, if its transport provides one; `undefined` once `start` has returned. */
  readonly signal: AbortSignal | undefined;
  /** The Node response, if the framework provides it (pages/api of Next); `undefined` once `start` has returned. */
  readonly response?: unknown;
  /** True if the call answers with a stream: flush on a timer or inline then, never when the response closes. */
  readonly streaming: boolean;
  /** Resolves when all events of this call and their chains are handled; never rejects. Created when first read. */
  readonly finished: Promise<void>;
  /** Tells observers that the response was sent. Call it when that happens. */
  responseSent(): void;
}

/**
 * Starts a flush. Only the first call has an effect. `budget` is how long listeners may be retried, in ms from that
 * call: a wait that doesn't fit is not started. Default: no limit.
 */
export type StartFlush = (options?: { readonly budget?: number | undefined } | void) => Promise<void>;

/**
 * Picks the moment of the flush. Use `auto()`, `inline()`, `afterResponse()` or `waitUntil()`, or write your own. An
 * error that a strategy throws is reported to `onError` and never changes the result of the call.
 *
 * @example
 * ```ts
 * import type { DeferStrategy } from 'trpc-events';
 *
 * const nextTurn: DeferStrategy = { name: 'nextTurn', start: (flush) => void setTimeout(flush, 0) };
 * ```
 */
export interface DeferStrategy<TContext = any> {
  /** The name of the strategy, which observers and `bus.describe` show. */
  readonly name: string;
  /** True if the process may freeze once `finished` has resolved: a later dispatch is reported as `LATE_DISPATCH`. */
  readonly freezes?: boolean;
  /**
   * How long events may wait for something to go out, in ms. The events of a stream are flushed when its pull has waited
   * for that long. Default: 5,000.
   */
  readonly maxWait?: number;
  /**
   * Called when the scope opens, before the procedure runs. Only at this moment is a platform sure to accept a promise.
   * Called again if a stream is pulled after `finished` has resolved because nobody had pulled it.
   */
  open?(call: DeferCall<TContext>): void;
  /**
   * Called when the call has settled, if it has events to flush or an observer has `responseSent`. For a stream, also
   * called after each pull that yields, if there are events. Call `flush` once, at any moment. It never rejects, and
   * resolves when the events are handled. The caller of the procedure waits for the promise that `start` returns, if any.
   */
  start(flush: StartFlush, call: DeferCall<TContext>): void | Promise<void>;
}
