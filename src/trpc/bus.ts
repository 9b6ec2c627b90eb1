import type { TRPCMiddlewareFunction } from '@trpc/server';
import type { AnyApp, Simplify } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { DeferStrategy } from '../core/types/defer.ts';

/** The options of `bus.middleware`. */
export interface MiddlewareOptions<TContext = unknown> {
  /** When the events of these calls are flushed. Default: as the bus says. */
  defer?: DeferStrategy<TContext> | undefined;
}

/** A bus with its tRPC middleware. */
export interface Bus<T extends AnyApp> extends CoreBus<T> {
  /**
   * A tRPC middleware that opens a scope for each call, and adds `ctx.dispatch`. Listeners get the ctx as it stands
   * here: use it after what adds to ctx, or once more after that. `.output()` comes after it, or a call that ends in a
   * bad output counts as a success.
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
 * What listeners and the defer strategy need; one of whatever ctx (`any`) needs nothing. Without options there is an
 * overload of its own: there, `TContext` would be inferred from where the middleware is used, before other middlewares
 * have changed that ctx. (`NoInfer` is no way out: within a call of `.use` it is never resolved.)
 */
type Needed<TContext, TDefer> = [unknown] extends [TDefer] ? TContext : Simplify<TContext & TDefer>;
