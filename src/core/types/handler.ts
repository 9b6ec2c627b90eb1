import type { AnyEvent } from './event.ts';

/** What a handler gets beside the event. */
export interface HandleOptions {
  /** The ctx of the procedure that dispatched the event, or what `createContext` made, with `dispatch`. */
  readonly ctx: any;
  readonly signal: AbortSignal;
}
/** What a handler of whole flushes gets beside the events. There is no ctx: they may come from several procedures. */
export interface HandleManyOptions {
  readonly signal: AbortSignal;
}
/** What `handleMany` may answer: which events it could not handle. */
export interface HandleManyResult {
  readonly failures: readonly { readonly id: string; readonly error: unknown }[];
}

/**
 * What a bus gives events to: a router, a forwarder, `echo()`, your own. It has `handle` or `handleMany`.
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
  /** Unique in a bus: reports and failures name it. */
  readonly name: string;
  /** The events that it gets. Default: all. Read once, when the bus is made. */
  readonly events?: P;
  /**
   * It only watches (a log, a counter): it does not count as taking an event where the bus asks whether one is
   * unhandled, or taken both here and by a forwarder. Default: false.
   */
  readonly passive?: boolean;
  /**
   * Called once an event, in the order of their dispatch: never again before what it returned has settled, within one
   * flush; two flushes may overlap. Called at most once for an event that this process flushes, again where a queue
   * delivers it again. A throw or a rejection is reported to `onError` and hinders no other handler. Not called where
   * `handleMany` exists.
   */
  handle?(event: AnyEvent, options: HandleOptions): unknown;
  /**
   * Called once a flush, with those of its events that `events` selects, in the order of their dispatch, never with
   * none; two flushes may overlap. What it lists in `failures` has failed, the rest is done; a throw fails them all.
   */
  handleMany?(events: readonly AnyEvent[], options: HandleManyOptions): unknown;
  /**
   * Called once, by `bus.close()`, when no call to `handle` or `handleMany` runs or will come. It sends what it still
   * holds, lets go of what it opened, and resolves when that is done. A throw fails `bus.close()`, after the others
   * were closed.
   */
  close?(): Promise<void> | void;
}

/**
 * A handler that sends events elsewhere, where their payloads are validated again. What came from a queue is not given
 * to it again.
 */
export interface EventForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventHandler<P> {
  readonly remote: true;
  /**
   * Whether local listeners get these events too (`true`), or the queue alone (`false`). It must be given where both
   * would take an event.
   */
  readonly local?: boolean | undefined;
}

/** A handler or a forwarder. One interface, not a union: for that, the compiler would take a router's types apart. */
export interface AnyHandler extends EventHandler {
  readonly remote?: true;
  readonly local?: boolean | undefined;
}
