import type { AnyApp, Merge } from './app.ts';
import type { RetryOptions } from './delivery.ts';
import type { AnyDependencies, Dependency, Values } from './dependency.ts';
import type { EventHandler } from './handler.ts';
import type { CheckedPatterns, EventOf, Patterns } from './select.ts';

/** The result of `next()` in a listener's middleware. */
export interface NextResult<TAdded> {
  readonly ok: true;
  /** Types only. */
  readonly '~ctx'?: TAdded;
}
/** Runs the rest of the attempt with `ctx` merged in. A second call runs the rest again. Rejects if the rest fails. */
export interface Next {
  (): Promise<NextResult<{}>>;
  <C extends object>(opts: { ctx: C }): Promise<NextResult<C>>;
}

/** The argument of listeners and middlewares. Destructure it: `ctx` and `signal` are getters, so a spread loses them. */
export interface ListenerArgs<TEvent, TContext> {
  /** The event, typed by the pattern that the listener was registered with. */
  readonly event: TEvent;
  /**
   * The ctx of the procedure that dispatched the event, or the one that `createContext` made, with `dispatch` and what
   * `use` and `provide` add.
   */
  readonly ctx: TContext;
  /** The attempt's own signal, never the request's. */
  readonly signal: AbortSignal;
  /** The number of this attempt in this process, from 1. */
  readonly attempt: number;
  /** The name of the listener that this attempt runs. */
  readonly listener: string;
}

/** A middleware of listeners. Like a tRPC middleware, it returns the result of `next()`. */
export type Middleware<T extends AnyApp, TContext, TAdded> = (
  opts: ListenerArgs<T['event'][T['name']], TContext> & { readonly next: Next },
) => Promise<NextResult<TAdded>>;

interface BaseListenerOptions {
  /** Removes the listener when it aborts. Default: none. */
  signal?: AbortSignal | undefined;
  /**
   * How long an attempt may take, in ms, including its middlewares and dependencies. After that, its `signal` is
   * aborted, the attempt has failed (`TIMED_OUT`), and nothing waits for it anymore. Default: no limit.
   */
  timeout?: number | undefined;
  /**
   * How many attempts may run at a time in this process, over all calls (on Cloudflare Workers, per call). A wait
   * between attempts takes no slot. Events may then run out of order. An event published inside an attempt takes no
   * slot, or it could wait for itself. Default: one at a time within a flush, in order, and no limit across flushes.
   */
  concurrency?: number | undefined;
}
/** The options of one listener. */
export type ListenerOptions = BaseListenerOptions &
  (
    | {
        /**
         * A name that is unique in a bus. Default: the function's name, or the pattern, with `#2` if that is taken.
         * Queues identify a delivery by it: a listener that is retried, or deduplicated across processes, needs one.
         */
        name?: string | undefined;
        /** How often the listener is retried. Requires a `name`. Default: one attempt. */
        retry?: undefined;
      }
    | {
        /** A name that is unique in a bus. Reports, dead letters and queues identify a delivery by it. */
        name: string;
        /** The number of attempts, and the waits between them. */
        retry: RetryOptions;
      }
  );

declare const neverRuns: unique symbol;
/** The compile-time error for a listener that is a generator: nobody would pull from it. */
export interface GeneratorNeverRuns<THint> {
  readonly [neverRuns]: THint;
}
/** `R`, or the compile-time error for a listener's result that is a generator. */
export type CheckedResult<R> = R extends
  | Generator<unknown, unknown, never>
  | AsyncGenerator<unknown, unknown, never>
  ? GeneratorNeverRuns<'use e.depends'>
  : R;

/** The events and the ctx that a router needs from its bus. Types only. */
export interface RouterNeeds<TEvents, TContext> {
  event: TEvents;
  context: TContext;
}

/** Listeners, registered by pattern: a handler for `e.bus`. */
export interface EventRouter<T extends AnyApp, TContext = T['listenerContext']> extends EventHandler {
  /** Types only: the events and the ctx that a bus must provide. */
  readonly '~needs': RouterNeeds<T['event'], T['context']>;
  /**
   * Returns a view of this router. Its listeners run inside the middleware, and find on ctx what the middleware adds.
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
   * Returns a view of this router. Its listeners find these dependencies on ctx. They are made once per attempt,
   * sub-dependencies first, and cleaned up after it.
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
   * Registers a listener for the events that a name, a pattern or a list of patterns selects. The listener's result is
   * awaited, and otherwise ignored. A generator is refused, because nothing would pull from it. Listeners may be added at
   * any time, even if a bus already uses this router.
   *
   * @throws EventsError `BAD_PATTERN` for a pattern outside the grammar or one that matches nothing, `BAD_OPTION` for a
   * name that is taken, or a generator function
   *
   * @example
   * ```ts
   * eventRouter
   *   .on('user.created', ({ event }) => mail(event.payload.email), { name: 'welcome-mail' })
   *   .on(['order.*', '!order.viewed'], ({ event, ctx }) => ctx.db.audit.insert(event.name));
   * ```
   */
  on<P extends Patterns<T>, R = unknown>(
    pattern: CheckedPatterns<T, P>,
    // `NoInfer` spares the compiler an attempt to infer `P` from the listener: without it, a large catalog doesn't
    // compile. The type is written out, because hovers and errors would print the arguments of an alias in place of the
    // event.
    listener: (opts: NoInfer<ListenerArgs<EventOf<T, P>, TContext>>) => CheckedResult<R>,
    options?: ListenerOptions,
  ): this;
}
