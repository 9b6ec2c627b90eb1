import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';
import type { EventValue } from './catalog.ts';
import type { CheckedHandler } from './checked-handler.ts';
import type { DeferStrategy } from './defer.ts';
import type { DeadLetter } from './delivery.ts';
import type { Dependency } from './dependency.ts';
import type { CheckedValue, DispatchArgs, MetaOption, PublishOptions, When } from './dispatch.ts';
import type { AnyEvent, Envelope } from './event.ts';
import type { RunsExternalCalls } from './external-call.ts';
import type { AnyHandler } from './handler.ts';
import type { DiscardReason, EventObserver } from './observer.ts';
import type { CheckedPatterns, EventOf, Patterns } from './select.ts';

/** Makes what travels with each event of a scope; called once a scope, at its first dispatch, synchronously. */
export type MetaOf<T extends AnyApp> = (opts: { readonly ctx: T['context'] }) => T['metaInput'];

/** What `onError` gets. */
export interface ErrorReport<T extends AnyApp = AnyApp> {
  /** Its `cause` is what was thrown. */
  readonly error: EventsError;
  readonly event: T['event'][T['name']] | undefined;
  /** The name of the listener or handler, where one failed. */
  readonly listener: string | undefined;
  /** Which attempt of it failed for good: 1 where there was but one, 0 where there was no time for any. */
  readonly attempt: number | undefined;
}
/** What `onDiscard` gets. */
export interface DiscardReport<T extends AnyApp = AnyApp> {
  readonly event: T['event'][T['name']];
  readonly reason: DiscardReason;
}

/** Bounds that protect the process. Each is a positive integer. */
export interface Limits {
  /** Events that an unflushed scope may hold: the next dispatch throws `LIMIT_EXCEEDED`. Default: 10,000. */
  perScope?: number | undefined;
  /** Deferred, waiting and running events of a bus, beyond which a call waits for its own before it returns. Default: 10,000. */
  pending?: number | undefined;
  /** How many listeners deep events may cause events: beyond, `CHAIN_TOO_DEEP` is reported. Default: 16. */
  depth?: number | undefined;
}

/** What `e.bus` takes, but for the handlers and `meta`. */
export interface BusBaseOptions<T extends AnyApp> {
  /**
   * Makes the ctx of listeners for events that come from no procedure: `publish`, `bus.scope`, `deliver`. May be async.
   * Default: none; those throw `NO_CONTEXT`, where `initEvents.context` names what listeners need.
   */
  createContext?:
    | ((opts: { readonly event: T['event'][T['name']] }) => T['context'] | Promise<T['context']>)
    | undefined;
  /**
   * Hears of whatever went wrong after the dispatch. It may be async; nothing waits for it. Default: one line to stderr,
   * with the place that threw, never with the payload.
   */
  onError?: ((report: ErrorReport<T>) => unknown) | undefined;
  /**
   * Gets each event that a listener could not handle, after its last attempt, and after `onError`: keep it where it can
   * be repeated. The flush waits for it. What it throws is reported once (`HOOK_FAILED`). Default: nobody gets them.
   */
  deadLetter?: ((letter: DeadLetter<T>) => unknown) | undefined;
  /** Hears of each event that was dropped. It may be async; nothing waits for it. Default: nobody does. */
  onDiscard?: ((report: DiscardReport<T>) => unknown) | undefined;
  /** The `when` of dispatches that name none. Default: `'success'`. */
  when?: When | undefined;
  /** When events are flushed. Default: `auto()`. */
  defer?: DeferStrategy<T['context']> | undefined;
  /** What to do about an event that no handler takes. Default: `'warn'`, one line, once a name. */
  unhandled?: 'warn' | 'ignore' | 'error' | undefined;
  limits?: Limits | undefined;
  /** See what the bus does from its beginning: tracing, a recorder. The first is the outermost. Default: none. */
  observers?: readonly EventObserver[] | undefined;
}
/** What `e.bus` takes. `meta` may be left out where an empty object would do. */
export type BusOptions<
  T extends AnyApp,
  H extends readonly AnyHandler[] = readonly AnyHandler[],
> = BusBaseOptions<T> &
  ({} extends T['metaInput'] ? { meta?: MetaOf<T> | undefined } : { meta: MetaOf<T> }) & {
    handlers: H & { [I in keyof H]: CheckedHandler<T, H[I]> };
  };

/** A listener or handler that failed. */
export interface DeliveryFailure {
  /** The name; `undefined` where none takes the event and `unhandled` is `'error'`, or its chain is too deep. */
  readonly listener: string | undefined;
  readonly error: EventsError;
}
/** How `publish` or `deliver` fared. */
export interface Delivery<TEvent = AnyEvent> {
  readonly event: TEvent;
  readonly failures: readonly DeliveryFailure[];
}
/** The event that a name or a value stands for. */
export type EventFor<T extends AnyApp, A> = T['event'][(A extends EventValue<infer K> ? K : `${A & string}`) &
  T['name']];

/** The options of `bus.deliver`. */
export interface DeliverOptions {
  /** Aborts the `signal` of the listeners. */
  signal?: AbortSignal | undefined;
  /** How often the queue has delivered this message, for observers. Default: 1. */
  attempt?: number | undefined;
  /** The one listener, or forwarder, that gets the event: how a failed delivery is repeated. Default: all listeners. */
  listener?: string | undefined;
}
/** The options of `bus.stream`. */
export interface StreamOptions {
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
  /** How many events may wait for a slow reader before the iterator throws `LIMIT_EXCEEDED`. Default: 1,000. */
  limit?: number | undefined;
}
/** The options of `drain` and `close`. */
export interface DrainOptions {
  /** In ms, after which the promise rejects with `DRAIN_TIMEOUT`, naming what still runs. Default: none. */
  timeout?: number | undefined;
}
/** What the function given to `bus.scope` or `e.scope` gets. */
export interface ScopeTools<T extends AnyApp> {
  /** Dispatches into this scope, with or without an AsyncLocalStorage. */
  readonly dispatch: T['withDispatch']['dispatch'];
}
type ScopeArgs<TMeta> = {} extends TMeta ? [options?: MetaOption<TMeta>] : [options: MetaOption<TMeta>];

/** Catalog, handlers and delivery options, running in one process. */
export interface CoreBus<T extends AnyApp>
  extends AsyncDisposable, RunsExternalCalls<T['context'], T['metaInput']> {
  /** Types only. */
  readonly '~types': T;
  /** Whether events are flushed. Set it to `false` to suppress that; validation still happens. */
  enabled: boolean;
  /**
   * Dispatches outside any call, at once. Resolves when the listeners are done, whether they succeeded or not; where
   * the process may be frozen then, when all that they chained is done, too.
   *
   * @throws EventsError (as a rejection) for what is wrong with the call: `UNKNOWN_EVENT`, `INVALID_PAYLOAD`,
   * `META_FAILED`, `NO_CONTEXT`, `BAD_OPTION`, `CLOSED`
   *
   * @example
   * ```ts
   * const { failures } = await bus.publish('user.deleted', { id });
   * ```
   */
  publish<A extends T['name'] | EventValue>(
    event: A & CheckedValue<T, A>,
    ...args: DispatchArgs<T, A, PublishOptions<T['metaInput']>>
  ): Promise<Delivery<EventFor<T, A>>>;
  /**
   * Takes an event that came from a queue: checks it, and runs the listeners. Resolves when they, and all that they
   * chained, are done: then the message may be acknowledged, if there are no `failures`.
   *
   * @throws EventsError (as a rejection) `BAD_MESSAGE`, `NO_CONTEXT`, `BAD_OPTION`, `CLOSED`
   *
   * @example
   * ```ts
   * const { failures } = await bus.deliver(envelope);
   * ```
   */
  deliver(envelope: Envelope, options?: DeliverOptions): Promise<Delivery<T['event'][T['name']]>>;
  /**
   * Runs a function in a scope: what it dispatches is flushed when it succeeds, dropped when it throws. Outside any
   * call it resolves after the listeners; within one, the events wait for that call.
   *
   * @throws what the function throws; EventsError `CLOSED`, `META_FAILED`
   *
   * @example
   * ```ts
   * await bus.scope(async ({ dispatch }) => {
   *   dispatch('user.deleted', { id });
   * });
   * ```
   */
  scope<R>(fn: (tools: ScopeTools<T>) => R | Promise<R>, ...args: ScopeArgs<T['metaInput']>): Promise<R>;
  /**
   * The events that this process flushes from now on. Ends when `signal` aborts or the bus is closed.
   *
   * @throws EventsError `BAD_PATTERN`, at once; `LIMIT_EXCEEDED`, from the iterator, where the reader is too slow
   *
   * @example
   * ```ts
   * for await (const { id, payload } of bus.stream('user.*', { signal })) yield tracked(id, payload);
   * ```
   */
  stream<P extends Patterns<T>>(
    pattern: CheckedPatterns<T, P>,
    options?: StreamOptions,
  ): AsyncIterableIterator<EventOf<T, P>>;
  /**
   * Replaces a dependency, in tests: by a value, or by another dependency. Gives back what undoes it.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * const restore = bus.override(getRepo, fakeRepo);
   * ```
   */
  override<V>(dependency: Dependency<V>, fake: NoInfer<V> | Dependency<NoInfer<V>>): () => void;
  /**
   * Adds an observer. Gives back what takes it off again.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * const stop = bus.observe({ name: 'dropped', discarded: ({ name }, { reason }) => logger.error({ name, reason }) });
   * ```
   */
  observe(observer: EventObserver): () => void;
  /**
   * Starts deferred flushes, and resolves when they, and all that they chain, are done. Does not wait for open calls
   * and streams.
   *
   * @throws EventsError (as a rejection) `DRAIN_TIMEOUT`; `SELF_WAIT` where a listener calls it
   *
   * @example
   * ```ts
   * await bus.drain(); // in a test: all that was dispatched is handled now
   * ```
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Refuses what begins from now on, waits for open calls, drains, and closes the handlers. Calling it again waits for
   * the same end.
   *
   * @throws EventsError (as a rejection) `DRAIN_TIMEOUT`; `SELF_WAIT` where a listener or an open call calls it; what a
   * handler's `close` threw
   *
   * @example
   * ```ts
   * process.once('SIGTERM', async () => {
   *   server.close();
   *   await bus.close({ timeout: 10_000 });
   * });
   * ```
   */
  close(options?: DrainOptions): Promise<void>;
}
