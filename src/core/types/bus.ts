import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';
import type { EventValue } from './catalog.ts';
import type { CheckedHandler } from './checked-handler.ts';
import type { DeferStrategy } from './defer.ts';
import type { DeadLetter, DeliverOptions, Delivery, EventSource, ReachedListener } from './delivery.ts';
import type { Dependency } from './dependency.ts';
import type { Describable } from './describe.ts';
import type {
  CheckedValue,
  DispatchArgs,
  MetaOption,
  NoCtxToMakeMetaFrom,
  PublishOptions,
  When,
} from './dispatch.ts';
import type { AnyEvent, Envelope } from './event.ts';
import type { OpensExternalScopes } from './external-call.ts';
import type { AnyHandler } from './handler.ts';
import type { DiscardReason, EventObserver } from './observer.ts';
import type { CheckedPatterns, EventOf, Patterns } from './select.ts';

/** Makes the meta of a scope's events. Called synchronously, once per scope, at its first dispatch. */
export type MetaOf<T extends AnyApp> = (opts: { readonly ctx: T['context'] }) => T['metaInput'];

/** Makes the ctx of listeners for an event that comes from no procedure. */
export type CreateContext<T extends AnyApp> = (opts: {
  readonly event: T['event'][T['name']];
}) => T['context'] | Promise<T['context']>;

/** The argument of `onError`. */
export interface ErrorReport<T extends AnyApp = AnyApp> {
  /** The error; its `cause` is the value that was thrown. */
  readonly error: EventsError;
  readonly event: T['event'][T['name']] | undefined;
  /** The name of the listener or handler, if one failed. */
  readonly listener: string | undefined;
  /** The number of the last attempt: 1 if there was only one, 0 if there was no time for any. */
  readonly attempt: number | undefined;
}
/** The argument of `onDiscard`. */
export interface DiscardReport<T extends AnyApp = AnyApp> {
  readonly event: T['event'][T['name']];
  readonly reason: DiscardReason;
}

/** Limits that protect the process. Each is a positive integer. */
export interface Limits {
  /** How many events an unflushed scope may hold. The next dispatch throws `LIMIT_EXCEEDED`. Default: 10,000. */
  perScope?: number | undefined;
  /**
   * How many events may be deferred, waiting or running. Above that, a call that dispatches waits for its own events, up
   * to 10 s or the budget of its strategy. `LIMIT_EXCEEDED` is reported, and again only after the number has fallen to
   * half. Default: 10,000.
   */
  pending?: number | undefined;
  /** How many listeners deep events may cause events. A deeper event is reported as `CHAIN_TOO_DEEP`. Default: 16. */
  depth?: number | undefined;
}

/** The options of `e.bus`, except `handlers` and `meta`. */
export interface BusBaseOptions<
  T extends AnyApp,
  TCreate extends CreateContext<T> | undefined = CreateContext<T> | undefined,
> {
  /**
   * Makes the ctx of listeners for events that come from no procedure: `publish`, `bus.scope`, `deliver`. May be async.
   * Default: none. These calls then throw `NO_CONTEXT` if `initEvents.context` names what listeners need.
   *
   * `bus.publish` also makes the event's meta from this ctx, unless it gets one. `event.meta` can't be read then.
   */
  createContext?: TCreate | undefined;
  /**
   * Called with every error that occurs after a dispatch. May be async; nothing waits for it. Default: prints one line
   * to stderr, with the place that threw, never with the payload.
   */
  onError?: ((report: ErrorReport<T>) => unknown) | undefined;
  /**
   * Called with each event that a listener could not handle, after the last attempt and after `onError`. Store the
   * event to repeat it later. The flush waits for this. If it throws, `HOOK_FAILED` is reported once. Default: none.
   */
  deadLetter?: ((letter: DeadLetter<T>) => unknown) | undefined;
  /** Called with each event that was dropped. May be async; nothing waits for it. Default: none. */
  onDiscard?: ((report: DiscardReport<T>) => unknown) | undefined;
  /** The `when` of dispatches that give none. Default: `'success'`. */
  when?: When | undefined;
  /** The strategy that decides when events are flushed. Default: `auto()`. */
  defer?: DeferStrategy<T['context']> | undefined;
  /** The reaction to an event that no handler takes. Default: `'warn'`, which prints one line, once per event name. */
  unhandled?: 'warn' | 'ignore' | 'error' | undefined;
  limits?: Limits | undefined;
  /** Observers, attached from the start: tracing, a recorder. The first one is the outermost. Default: none. */
  observers?: readonly EventObserver[] | undefined;
}
/** The options of `e.bus`. `meta` may be left out if an empty object would be valid. */
export type BusOptions<
  T extends AnyApp,
  H extends readonly AnyHandler[] = readonly AnyHandler[],
  TCreate extends CreateContext<T> | undefined = CreateContext<T> | undefined,
> = BusBaseOptions<T, TCreate> &
  ({} extends T['metaInput'] ? { meta?: MetaOf<T> | undefined } : { meta: MetaOf<T> }) & {
    handlers: H & { [I in keyof H]: CheckedHandler<T, H[I]> };
  };

/** The event that has this name, or that this event value stands for. */
export type EventFor<T extends AnyApp, A> = T['event'][(A extends EventValue<infer K> ? K : `${A & string}`) &
  T['name']];

/** The options of `bus.stream`. */
export interface StreamOptions {
  /** Ends the stream when it aborts. */
  signal?: AbortSignal | undefined;
  /** How many events may wait for a slow reader. One more makes the iterator throw `LIMIT_EXCEEDED`. Default: 1,000. */
  limit?: number | undefined;
}
/** The options of `drain` and `close`. */
export interface DrainOptions {
  /** Milliseconds after which the promise rejects with `DRAIN_TIMEOUT`, naming what still runs. Default: no limit. */
  timeout?: number | undefined;
}
/** The argument of the function that `bus.scope` or `e.scope` runs. */
export interface ScopeTools<T extends AnyApp> {
  /** Dispatches into this scope, even if the platform has no AsyncLocalStorage. */
  readonly dispatch: T['withDispatch']['dispatch'];
}
type ScopeArgs<TMeta> = {} extends TMeta ? [options?: MetaOption<TMeta>] : [options: MetaOption<TMeta>];

/** A catalog with handlers and delivery options, running in one process. */
export interface CoreBus<T extends AnyApp, TPublish = PublishOptions<T['metaInput']>>
  extends AsyncDisposable, Describable, OpensExternalScopes<T['context'], T['metaInput']> {
  /** Types only. */
  readonly '~types': T;
  /** Types only: how compile errors of `withEvents` name meta that can't be made without a ctx. */
  readonly '~metaWithoutCtx': {} extends T['metaInput'] ? undefined : NoCtxToMakeMetaFrom<T['metaInput']>;
  /** True if events are flushed. Set it to `false` to suppress flushing; dispatches still validate. */
  enabled: boolean;
  /** The number of events that are deferred, waiting or running. */
  readonly pending: number;
  /**
   * Dispatches an event outside any call, at once. Resolves when its listeners are done, whether they succeeded or
   * failed. If the process may be frozen after that, it also waits for everything that the listeners chained.
   *
   * @throws EventsError (as a rejection) for a wrong call: `UNKNOWN_EVENT`, `INVALID_PAYLOAD`, `META_FAILED`,
   * `NO_CONTEXT`, `BAD_OPTION`, `CLOSED`
   *
   * @example
   * ```ts
   * const { failures } = await bus.publish('user.deleted', { id });
   * ```
   */
  publish<A extends T['name'] | EventValue>(
    event: A & CheckedValue<T, A>,
    ...args: DispatchArgs<T, A, TPublish>
  ): Promise<Delivery<EventFor<T, A>>>;
  /**
   * Delivers an event that came from a queue: checks it and runs the listeners. Resolves when the listeners and
   * everything that they chained are done. Acknowledge the message then, if there are no `failures`.
   *
   * @throws EventsError (as a rejection) `BAD_MESSAGE`, `UNKNOWN_EVENT`, `NO_CONTEXT`, `BAD_OPTION`, `CLOSED`; `DISABLED`,
   * for a worker that is disabled must not empty its queue
   *
   * @example
   * ```ts
   * const { failures } = await bus.deliver(envelope, { from: { system: 'nats', destination: 'orders' } });
   * ```
   */
  deliver(envelope: Envelope, options?: DeliverOptions): Promise<Delivery<T['event'][T['name']]>>;
  /**
   * Returns the listeners and handlers that a delivery of this event would reach, in their order.
   *
   * @throws EventsError `UNKNOWN_EVENT`
   *
   * @example
   * ```ts
   * const left = bus.listeners('order.placed').filter(({ name }) => !isDone(id, name));
   * await bus.deliver(envelope, { listener: left.map(({ name }) => name) });
   * ```
   */
  listeners(name: T['name']): readonly ReachedListener[];
  /**
   * Reports an error of a consumer, such as a lost connection, to `onError` and to observers. An error that is no
   * `EventsError` becomes the cause of a `RECEIVE_FAILED`.
   *
   * @throws EventsError `BAD_OPTION` if `error` is no error
   *
   * @example
   * ```ts
   * connection.on('error', (error) => bus.report(error));
   * ```
   */
  report(error: Error, options?: { readonly event?: AnyEvent | undefined }): void;
  /**
   * Adds a consumer, so that `close` stops it first. Returns a function that removes it.
   *
   * @throws EventsError `BAD_OPTION`, `CLOSED`
   *
   * @example
   * ```ts
   * const detach = bus.attachSource({ name: 'orders', stop: () => subscription.drain() });
   * ```
   */
  attachSource(source: EventSource): () => void;
  /**
   * Runs a function in a scope: its events are flushed if it succeeds and dropped if it throws. Outside any call, the
   * promise resolves after the listeners are done. Inside a call, the events wait for that call.
   *
   * @throws whatever the function throws; EventsError `CLOSED`, `META_FAILED`
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
   * Yields the events that this process flushes from now on. Ends when `signal` aborts or the bus is closed. If a
   * subscription reads it, `close` looks to the client like a lost connection, so that the client comes back.
   *
   * @throws EventsError `BAD_PATTERN` at once; `LIMIT_EXCEEDED` from the iterator, if the reader is too slow
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
   * Replaces a dependency with a value or with another dependency, for tests. Returns a function that restores it.
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
   * Adds an observer. Returns a function that removes it.
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
   * Starts deferred flushes. Resolves when they and everything that they chain are done. Does not wait for open calls
   * and streams.
   *
   * @throws EventsError (as a rejection) `DRAIN_TIMEOUT`; `SELF_WAIT` if a listener calls it
   *
   * @example
   * ```ts
   * await bus.drain(); // in a test: every dispatched event is handled now
   * ```
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Stops the sources, refuses new work, waits for open calls, drains, and closes the handlers. A second call waits for
   * the same end. After the timeout, it aborts the `signal` of handlers that still run, reports what they held as failed,
   * and closes them, for which it takes up to a second longer.
   *
   * @throws EventsError (as a rejection) `DRAIN_TIMEOUT`; `SELF_WAIT` if a listener or an open call calls it; any
   * error of a handler's `close`
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
