import type { AnyApp, Merge } from './app.ts';
import type { RetryOptions } from './delivery.ts';
import type { AnyDependencies, Dependency, Values } from './dependency.ts';
import type { EventHandler } from './handler.ts';
import type { CheckedPatterns, EventOf, Patterns } from './select.ts';

/** What `next()` resolves to in a listener's middleware. */
export interface NextResult<TAdded> {
  readonly ok: true;
  /** Types only. */
  readonly '~ctx'?: TAdded;
}
/** Runs the rest of the attempt, with what is added to ctx: again, where it is called again. Rejects where it fails. */
export interface Next {
  (): Promise<NextResult<{}>>;
  <C extends object>(opts: { ctx: C }): Promise<NextResult<C>>;
}

/** What listeners and their middleware get. Destructure it: `ctx` and `signal` are getters, which a spread does not copy. */
export interface ListenerArgs<TEvent, TContext> {
  readonly event: TEvent;
  readonly ctx: TContext;
  /** The attempt's own signal, never the request's. */
  readonly signal: AbortSignal;
  /** 1 the first time, in this process. */
  readonly attempt: number;
}

/** A middleware of listeners, in tRPC's manner: it returns what `next()` returned. */
export type Middleware<T extends AnyApp, TContext, TAdded> = (
  opts: ListenerArgs<T['event'][T['name']], TContext> & { readonly next: Next },
) => Promise<NextResult<TAdded>>;

interface BaseListenerOptions {
  /** Takes the listener off again when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * How long an attempt may take, in ms, its middlewares and dependencies included: then its `signal` is aborted, it has
   * failed (`TIMED_OUT`), and nothing waits for it any more. Default: no limit.
   */
  timeout?: number | undefined;
  /**
   * How many attempts may run at a time in this process, whatever calls their events are of (on Cloudflare Workers, for
   * one call); a wait between attempts counts as none. It gives up the order of events. What an attempt publishes, and may wait for, waits for no slot.
   * Default: one at a time within a flush, in order, and no limit over flushes.
   */
  concurrency?: number | undefined;
}
/** The options of one listener. */
export type ListenerOptions = BaseListenerOptions &
  (
    | {
        /**
         * Unique in a bus. Default: the function's name, or the pattern, with `#2` where that is taken. Queues identify a
         * delivery by it: a listener that is retried, or deduplicated across processes, needs one.
         */
        name?: string | undefined;
        /** More than one attempt. It asks for a `name`. Default: one attempt. */
        retry?: undefined;
      }
    | {
        /** Unique in a bus: reports, dead letters and queues know a delivery by it. */
        name: string;
        /** Attempts, and the waits between them. */
        retry: RetryOptions;
      }
  );

/** What a router needs of its bus. Types only. */
export interface RouterNeeds<TEvents, TContext> {
  event: TEvents;
  context: TContext;
}

/** Listeners, registered by pattern: a handler for `e.bus`. */
export interface EventRouter<T extends AnyApp, TContext = T['listenerContext']> extends EventHandler {
  /** Types only: what a bus must be able to give. */
  readonly '~needs': RouterNeeds<T['event'], T['context']>;
  /**
   * A view on this router, whose listeners run within a middleware and find what it adds on their ctx.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * eventRouter
   *   .use(async ({ event, next }) => next({ ctx: { log: logger.child({ event: event.id }) } }))
   *   .on('user.*', ({ ctx }) => ctx.log.info('seen'));
   * ```
   */
  use<TAdded extends object>(
    middleware: Middleware<T, TContext, TAdded>,
  ): EventRouter<T, Merge<TContext, TAdded>>;
  /**
   * A view on this router, whose listeners find these dependencies on their ctx: made once an attempt, sub-dependencies
   * first, and cleaned up after it.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * eventRouter.provide({ repo: getRepo }).on('user.created', ({ event, ctx }) => ctx.repo.index(event.payload.id));
   * ```
   */
  provide<D extends Record<string, Dependency<any, TContext>>>(
    dependencies: D & AnyDependencies,
  ): EventRouter<T, Merge<TContext, Values<D>>>;
  /**
   * Registers a listener for the events that a name, a pattern or a list of patterns selects. What the listener
   * returns is awaited, and otherwise ignored. Works at any time; buses that were made before honour it.
   *
   * @throws EventsError `BAD_PATTERN` for a pattern outside the grammar or one that matches nothing, `BAD_OPTION` for a
   * name that is taken.
   *
   * @example
   * ```ts
   * eventRouter
   *   .on('user.created', ({ event }) => mail(event.payload.email), { name: 'welcome-mail' })
   *   .on(['order.*', '!order.viewed'], ({ event, ctx }) => ctx.db.audit.insert(event.name));
   * ```
   */
  on<P extends Patterns<T>>(
    pattern: CheckedPatterns<T, P>,
    // `NoInfer` spares the compiler an attempt to infer `P` from the listener: a quarter of the cost. Written out, since
    // of an alias, hovers and errors would print the arguments in place of the event.
    listener: NoInfer<(opts: ListenerArgs<EventOf<T, P>, TContext>) => unknown>,
    options?: ListenerOptions,
  ): this;
}
