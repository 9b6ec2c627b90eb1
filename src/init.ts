import type { StandardSchemaV1 } from '@standard-schema/spec';
import { createBus } from './core/bus/create-bus.ts';
import { runSavepoint } from './core/call/run-scope.ts';
import { isSchema } from './core/catalog/schema.ts';
import type { App } from './core/model/settings.ts';
import { makeDependency } from './core/router/depends.ts';
import { RouterCore } from './core/router/router-core.ts';
import { checkDependencies, routerView } from './core/router/router.ts';
import { dispatchAmbient } from './core/scope/dispatch.ts';
import type { AnyApp, EventApp } from './core/types/app.ts';
import type { BusOptions, CreateContext } from './core/types/bus-options.ts';
import type { ScopeTools } from './core/types/bus.ts';
import type { AnyCatalog } from './core/types/catalog.ts';
import type { DeferStrategy } from './core/types/defer.ts';
import type { AnyDependencies, Dependency, Provided, Values } from './core/types/dependency.ts';
import type { PublishOptionsOf } from './core/types/dispatch.ts';
import type { DefaultMeta } from './core/types/event.ts';
import type { AnyHandler } from './core/types/handler.ts';
import type { EventRouter } from './core/types/router.ts';
import { EventsError } from './core/words/errors.ts';
import { isObject } from './core/words/guards.ts';
import { aStrategy, badArgument, readOptions } from './core/words/options.ts';
import { auto } from './defer/auto.ts';
import { breakConnection, watchResponse } from './defer/call-response.ts';
import { isRedirect } from './defer/framework.ts';
import type { Bus, MiddlewareOptions } from './trpc/bus.ts';
import { eventsMiddleware } from './trpc/middleware.ts';

/** The result of `initEvents…create()`: everything that is typed by one catalog, context and meta. */
export interface EventsBuilder<T extends AnyApp> {
  /** Types only. */
  readonly '~types': T;
  /**
   * Creates a router.
   *
   * @example
   * ```ts
   * export const eventRouter = e.router();
   * eventRouter.on('user.*', ({ event, ctx }) => ctx.db.audit.insert(event.name));
   * ```
   */
  router(): EventRouter<T>;
  /**
   * Defines a dependency of listeners: a function that makes a value, or a generator that yields one and cleans up
   * after the attempt. If the attempt failed, its error is thrown into the generator.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * const getConnection = e.depends(async function* () {
   *   const connection = await pool.connect();
   *   try {
   *     yield connection;
   *   } finally {
   *     connection.release();
   *   }
   * });
   * const getRepo = e.depends({ connection: getConnection }, ({ connection }) => new UserRepo(connection));
   * ```
   */
  depends<R>(
    create: (opts: { readonly event: T['event'][T['name']]; readonly ctx: T['listenerContext'] }) => R,
  ): Dependency<Provided<R>, T['listenerContext']>;
  depends<D extends Record<string, Dependency<any, T['listenerContext']>>, R>(
    needs: D & AnyDependencies,
    create: (
      opts: { readonly event: T['event'][T['name']]; readonly ctx: T['listenerContext'] } & Values<D>,
    ) => R,
  ): Dependency<Provided<R>, T['listenerContext']>;
  /**
   * Dispatches into the current scope, wherever that was opened. If this builder has no open scope, the nearest one of a
   * builder with the same event names is used, because that is another copy of the same module. A stream that is nested
   * in a procedure's result (`{ items: generate() }`) runs outside of the procedure: use `ctx.dispatch` there.
   *
   * @throws EventsError `NO_SCOPE` outside any scope; the errors of `ctx.dispatch`
   */
  readonly dispatch: T['withDispatch']['dispatch'];
  /**
   * Runs a function in a scope inside the current one. Events that it dispatches, by `e.dispatch` or `ctx.dispatch`,
   * are dropped if it throws. Returns the function's result, which is a promise only if the function returns one.
   *
   * @throws whatever the function throws; EventsError `NO_SCOPE` outside any scope
   *
   * @example
   * ```ts
   * await e.scope(async () => {
   *   e.dispatch('user.deleted', { id });
   *   await db.users.delete(id);
   * });
   * ```
   */
  scope<R>(fn: (tools: ScopeTools<T>) => R): R;
  /**
   * Creates a bus: the catalog with handlers and delivery options, in this process.
   *
   * @throws EventsError `BAD_OPTION`, `BAD_PATTERN`
   *
   * @example
   * ```ts
   * export const bus = e.bus({
   *   handlers: [eventRouter],
   *   createContext: () => ({ db }),
   *   onError: ({ error, event }) => logger.error({ error, event: event?.name }),
   * });
   * export const eventsMiddleware = bus.middleware();
   * ```
   */
  bus<
    const H extends readonly AnyHandler[],
    TCreate extends CreateContext<T> | undefined = CreateContext<T> | undefined,
  >(
    options: BusOptions<T, H, TCreate>,
  ): Bus<T, PublishOptionsOf<T['metaInput'], TCreate>>;
}

type ContextOf<C extends object> = C extends (...args: never) => infer R ? Extract<Awaited<R>, object> : C;

/** The steps before `create`. Each step returns a new builder. */
export interface InitEvents<TContext extends object, TMeta extends object, TMetaInput extends object> {
  /**
   * Names the ctx that listeners need, or the function that makes it, as `initTRPC.context` does. The middleware
   * doesn't compile on a procedure whose ctx lacks a part of it.
   */
  context<C extends object>(): InitEvents<ContextOf<C>, TMeta, TMetaInput>;
  /**
   * Sets the schema of the meta that travels with each event. Meta is validated when it is made, and when it arrives.
   *
   * @throws EventsError `BAD_OPTION`
   */
  meta<S extends StandardSchemaV1<object, object>>(
    schema: S,
  ): InitEvents<TContext, StandardSchemaV1.InferOutput<S>, StandardSchemaV1.InferInput<S>>;
  /**
   * Ends the chain, and returns the builder for a catalog.
   *
   * @throws EventsError `BAD_OPTION`
   */
  create<TCatalog extends AnyCatalog>(
    catalog: TCatalog,
  ): EventsBuilder<EventApp<TCatalog, TContext, TMeta, TMetaInput>>;
}

/**
 * Starts the chain that types an application's events, as `initTRPC` does for procedures.
 *
 * @example
 * ```ts
 * import { initEvents } from 'trpc-events';
 *
 * export const e = initEvents
 *   .context<{ db: Db; tenant: string }>()
 *   .meta(z.object({ tenant: z.string() }))
 *   .create(catalog);
 * ```
 */
export const initEvents: InitEvents<{}, DefaultMeta, DefaultMeta> = init({
  metaSchema: undefined,
  namesContext: false,
});

function init(given: Omit<App, 'shape'>): InitEvents<any, any, any> {
  return {
    context: () => init({ ...given, namesContext: true }),
    meta(metaSchema: unknown) {
      if (!isSchema(metaSchema)) {
        throw badArgument('initEvents.meta', 'a Standard Schema of an object', metaSchema);
      }
      return init({ ...given, metaSchema });
    },
    create(catalog: unknown) {
      if (!isObject(catalog) || !isObject(catalog['shape']) || isSchema(catalog)) {
        throw badArgument('initEvents.create', 'a catalog made by defineEvents', catalog);
      }
      return builder({ ...given, shape: catalog['shape'] as App['shape'] }) as never;
    },
  };
}

/** Implements `EventsBuilder`, the typed surface that users see, with loose types. */
function builder(app: App): EventsBuilder<AnyApp> {
  const e = {
    router: () => routerView(new RouterCore(app.shape), []),
    depends(...args: unknown[]) {
      const [needs, create] = args.length === 1 ? [{}, args[0]] : args;
      const where = 'e.depends';
      if (typeof create !== 'function') {
        throw badArgument(where, 'a function that makes the value', create);
      }
      return makeDependency(checkDependencies(where, needs), create as (options: object) => unknown);
    },
    dispatch: (event: unknown, payload?: unknown, options?: unknown) =>
      dispatchAmbient(app, event, payload, options),
    scope: (fn: unknown) => runSavepoint(app, fn),
    bus(options: BusOptions<AnyApp>) {
      const { bus, state } = createBus(app, options, auto(), watchResponse);
      return Object.assign(bus, {
        middleware(middlewareOptions?: MiddlewareOptions) {
          assertCalled(middlewareOptions);
          const { defer } = readOptions('bus.middleware', middlewareOptions, { defer: aStrategy });
          return eventsMiddleware(state, defer as DeferStrategy | undefined, isRedirect, breakConnection);
        },
      });
    },
  };
  return e as unknown as EventsBuilder<AnyApp>;
}

/** @throws EventsError `BAD_OPTION` if tRPC called `bus.middleware` itself, because `.use` got it without the call */
function assertCalled(options: unknown): void {
  if (!isObject(options) || typeof options['getRawInput'] !== 'function') return;
  throw new EventsError(
    'BAD_OPTION',
    'bus.middleware is a function that makes a middleware: write .use(bus.middleware()), with the call.',
  );
}
