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
import type { BusOptions, ScopeTools } from './core/types/bus.ts';
import type { AnyCatalog } from './core/types/catalog.ts';
import type { DeferStrategy } from './core/types/defer.ts';
import type { AnyDependencies, Dependency, Provided, Values } from './core/types/dependency.ts';
import type { DefaultMeta } from './core/types/event.ts';
import type { AnyHandler } from './core/types/handler.ts';
import type { EventRouter } from './core/types/router.ts';
import { isObject } from './core/words/guards.ts';
import { aStrategy, badArgument, checkOptions } from './core/words/options.ts';
import { auto } from './defer/auto.ts';
import { isRedirect } from './defer/framework.ts';
import type { Bus, MiddlewareOptions } from './trpc/bus.ts';
import { eventsMiddleware } from './trpc/middleware.ts';

/** What `initEvents…create()` gives: all that is typed by one catalog, context and meta. */
export interface EventsBuilder<T extends AnyApp> {
  /** Types only. */
  readonly '~types': T;
  /**
   * A new router.
   *
   * @example
   * ```ts
   * export const eventRouter = e.router();
   * eventRouter.on('user.*', ({ event, ctx }) => ctx.db.audit.insert(event.name));
   * ```
   */
  router(): EventRouter<T>;
  /**
   * A dependency of listeners: a function that makes a value, or a generator that yields one and cleans up after the
   * attempt, into which the error is thrown where the attempt failed.
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
   * Dispatches into the scope that runs, wherever that was opened.
   *
   * @throws EventsError `NO_SCOPE` outside any; what `ctx.dispatch` throws
   */
  readonly dispatch: T['withDispatch']['dispatch'];
  /**
   * A scope within the scope that runs: what is dispatched in it, by `e.dispatch` or `ctx.dispatch`, is dropped if the
   * function throws. Gives back what the function gives back, a promise only where that is one.
   *
   * @throws what the function throws; EventsError `NO_SCOPE` outside any scope
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
   * A bus: the catalog with handlers and delivery options, in this process.
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
  bus<const H extends readonly AnyHandler[]>(options: BusOptions<T, H>): Bus<T>;
}

type ContextOf<C extends object> = C extends (...args: never) => infer R ? Extract<Awaited<R>, object> : C;

/** What is set before `create`. Each step gives a new builder. */
export interface InitEvents<TContext extends object, TMeta extends object, TMetaInput extends object> {
  /**
   * Names what listeners need on their ctx, or the function that makes it, as `initTRPC.context` does. A procedure whose
   * ctx lacks it does not compile with the middleware.
   */
  context<C extends object>(): InitEvents<ContextOf<C>, TMeta, TMetaInput>;
  /**
   * The schema of what travels with each event: checked where it is made, and again where it arrives.
   *
   * @throws EventsError `BAD_OPTION`
   */
  meta<S extends StandardSchemaV1<object, object>>(
    schema: S,
  ): InitEvents<TContext, StandardSchemaV1.InferOutput<S>, StandardSchemaV1.InferInput<S>>;
  /**
   * Ends the chain.
   *
   * @throws EventsError `BAD_OPTION`
   */
  create<TCatalog extends AnyCatalog>(
    catalog: TCatalog,
  ): EventsBuilder<EventApp<TCatalog, TContext, TMeta, TMetaInput>>;
}

/**
 * The start of the chain that types an application's events, in tRPC's manner.
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

/** The loosely typed implementation of the typed surface: what users see is `EventsBuilder`. */
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
      const { bus, state } = createBus(app, options, auto());
      return Object.assign(bus, {
        middleware(middlewareOptions: MiddlewareOptions = {}) {
          checkOptions('bus.middleware', middlewareOptions, { defer: aStrategy });
          return eventsMiddleware(state, middlewareOptions.defer as DeferStrategy | undefined, isRedirect);
        },
      });
    },
  };
  return e as unknown as EventsBuilder<AnyApp>;
}
