import type { AnyApp } from './app.ts';
import type { EventValue } from './catalog.ts';
import type { DeliverOptions, Delivery, EventSource, ReachedListener } from './delivery.ts';
import type { Dependency } from './dependency.ts';
import type { Describable } from './describe.ts';
import type {
  CheckedValue,
  DispatchArgs,
  MetaOption,
  NoCtxToMakeMetaFrom,
  PublishOptions,
} from './dispatch.ts';
import type { AnyEvent, Envelope } from './event.ts';
import type { OpensExternalScopes } from './external-call.ts';
import type { EventObserver } from './observer.ts';
import type { CheckedPatterns, EventOf, Patterns } from './select.ts';

/** The event that has this name, or that this event value stands for. */
export type EventFor<T extends AnyApp, A> = T['event'][(A extends EventValue<infer K> ? K : `${A & string}`) &
  T['name']];

/** The options of `bus.stream`. */
export interface StreamOptions {
  /** Ends the stream when it aborts. Default: none. */
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
   * because a disabled worker must not empty its queue
   *
   * @example
   * ```ts
   * const { failures } = await bus.deliver(envelope, { from: { system: 'nats', destination: 'orders' } });
   * ```
   */
  deliver(envelope: Envelope, options?: DeliverOptions): Promise<Delivery<T['event'][T['name']]>>;
  /**
   * Returns the listeners and handlers that a delivery of this event would reach, in their order. Forwarders are not among
   * them: they get an event that came from a queue only if a delivery names them.
   *
   * @throws EventsError `UNKNOWN_EVENT`
   *
   * @example
   * ```ts
   * const left = bus.listeners(envelope.name).filter(({ name }) => !isDone(id, name));
   * if (left.length > 0) await bus.deliver(envelope, { listener: left.map(({ name }) => name) });
   * ```
   */
  listeners(name: T['name'] | (string & {})): readonly ReachedListener[];
  /**
   * Reports an error of a consumer, such as a lost connection, to `onError` and to observers. An error that is not an
   * `EventsError` becomes the cause of a `RECEIVE_FAILED`.
   *
   * @throws EventsError `BAD_OPTION` if `error` is not an error
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
   * and closes them, which takes up to a second longer.
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
