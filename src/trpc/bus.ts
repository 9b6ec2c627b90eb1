import type { TRPCMiddlewareFunction } from '@trpc/server';
import type { AnyApp, Simplify } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { DeferStrategy } from '../core/types/defer.ts';

/** Options of `bus.middleware`. */
export interface MiddlewareOptions<TContext = unknown> {
  /** The strategy that picks when the events of these calls are flushed. Default: the bus's `defer`. */
  defer?: DeferStrategy<TContext> | undefined;
}

/** A bus with its tRPC middleware. */
export interface Bus<T extends AnyApp> extends CoreBus<T> {
  /**
   * Makes a tRPC middleware that opens a scope for each call and adds `ctx.dispatch`. Listeners get the ctx as it is at
   * this point: use the middleware after those that add to ctx, or once more after them. `.output()` must come after
   * this middleware, or a call that ends with an invalid output counts as a success.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * export const procedure = t.procedure.use(bus.middleware());
   * ```
   */
  middleware(): TRPCMiddlewareFunction<T['context'], object, object, T['withDispatch'], unknown>;
  middleware<TContext = unknown>(
    options: MiddlewareOptions<TContext> | undefined,
  ): TRPCMiddlewareFunction<Needed<T['context'], TContext>, object, object, T['withDispatch'], unknown>;
}

/**
 * The ctx that listeners and the defer strategy need. A strategy for any ctx (`any`) adds nothing. A call without
 * options has its own overload, or `TContext` would be inferred from the place where the middleware is used, before
 * other middlewares have changed that ctx. (`NoInfer` doesn't help: within a call of `.use` it is never resolved.)
 */
type Needed<TContext, TDefer> = [unknown] extends [TDefer] ? TContext : Simplify<TContext & TDefer>;
