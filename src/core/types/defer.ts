/** What a defer strategy is told of a call: of a procedure, of what `withEvents` wraps, or of another outermost scope. */
export interface DeferCall<TContext = any> {
  /** The ctx of the call; `undefined` once it has settled and `start` has returned. */
  readonly ctx: TContext;
  /** The call's abort signal, where its transport gives one; `undefined` once `start` has returned. */
  readonly signal: AbortSignal | undefined;
  /** The Node response, where the framework hands it over: Next's pages/api does. `undefined` once `start` has returned. */
  readonly response?: unknown;
  /** It answers with a stream: flush on a timer or inline, never when the response closes. */
  readonly streaming: boolean;
  /** Resolves when each event of this call was handled, chained ones included; never rejects. Made when first read. */
  readonly finished: Promise<void>;
  /** To be called when the response of this call has been sent, for observers. */
  responseSent(): void;
}

/**
 * Begins a flush; the first call counts. `budget` is how long, in ms from then, its listeners may go on to be retried: a
 * wait that does not fit is not begun. Default: no limit.
 */
export type StartFlush = (options?: { readonly budget?: number | undefined } | void) => Promise<void>;

/**
 * Picks the moment of the flush. Use `auto()`, `inline()`, `afterResponse()`, `waitUntil()`, or write one; whatever it
 * throws is reported to `onError` and never changes the result of the call.
 *
 * @example
 * ```ts
 * import type { DeferStrategy } from 'trpc-events';
 *
 * const nextTurn: DeferStrategy = { name: 'nextTurn', start: (flush) => void setTimeout(flush, 0) };
 * ```
 */
export interface DeferStrategy<TContext = any> {
  readonly name: string;
  /** The process may be frozen once `finished` has resolved: an event dispatched after that is reported as `LATE_DISPATCH`. */
  readonly freezes?: boolean;
  /**
   * Called when the scope opens, before the procedure runs: the one moment at which a platform surely takes a promise.
   * Called once more for a stream that nobody pulled, so that `finished` has resolved, if it is pulled after all.
   */
  open?(call: DeferCall<TContext>): void;
  /**
   * Called when the call has settled, if it has events to flush; for a stream, after each pull that yields, too. Call
   * `flush` once, at whatever moment: it never rejects, and resolves when the events are handled. The caller of the
   * procedure waits for what this returns.
   */
  start(flush: StartFlush, call: DeferCall<TContext>): void | Promise<void>;
}
