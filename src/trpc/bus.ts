import type { TRPCMiddlewareFunction } from '@trpc/server';
import type { AnyApp, Simplify } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { ContextMisfit } from '../core/types/checked-handler.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import type { PublishOptions } from '../core/types/dispatch.ts';

/** Options of `bus.middleware`. */
export interface MiddlewareOptions<TContext = unknown> {
  /** The strategy that picks when the events of these calls are flushed. Default: the bus's `defer`. */
  defer?: DeferStrategy<TContext> | undefined;
}

type MiddlewareFor<TContext, TDispatch> = TRPCMiddlewareFunction<
  TContext,
  object,
  object,
  TDispatch,
  unknown
>;
type OptionsOf<TContext> = Parameters<MiddlewareFor<TContext, unknown>>[0];

declare const notCalled: unique symbol;
/** The compile-time error for `.use(bus.middleware)`: tRPC wants a promise, and this isn't one. A middleware satisfies it. */
export interface MiddlewareNotCalled<THint> {
  readonly [notCalled]?: THint;
}

/**
 * The tRPC middleware of a bus. Its result depends on the ctx that it gets, so that a bad ctx is reported as
 * `ContextLacks<"db">` or `ContextDiffers<"db">`. For a bad parameter, the compiler would print all of tRPC's types.
 */
export interface EventsMiddleware<TContext, TDispatch> extends MiddlewareNotCalled<never> {
  <TCtx>(
    opts: Omit<OptionsOf<object>, 'ctx'> & { ctx: TCtx },
  ): ResultFor<TCtx, OptionsOf<TContext>['ctx'], TDispatch>;
}
// tRPC infers what the middleware adds to ctx from a signature where `TCtx` is `unknown`. The first condition is
// distributive, so that for a generic ctx the compiler decides it by the constraint.
type ResultFor<TCtx, TNeed, TDispatch> = TCtx extends TNeed
  ? ReturnType<MiddlewareFor<object, TDispatch>>
  : [unknown] extends [TCtx]
    ? ReturnType<MiddlewareFor<object, TDispatch>>
    : ContextMisfit<TCtx, TNeed>;

/** The type of `bus.middleware`. */
export interface MakesMiddleware<T extends AnyApp> {
  /** Catches `.use(bus.middleware)` without the call: tRPC would pass the options of its own call here. */
  (call: {
    readonly getRawInput: unknown;
    readonly next: unknown;
  }): MiddlewareNotCalled<'write .use(bus.middleware())'>;
  (): EventsMiddleware<T['context'], T['withDispatch']>;
  <TContext = unknown>(
    options: MiddlewareOptions<TContext> | undefined,
  ): EventsMiddleware<Needed<T['context'], TContext>, T['withDispatch']>;
}

/** A bus with its tRPC middleware. */
export interface Bus<T extends AnyApp, TPublish = PublishOptions<T['metaInput']>> extends CoreBus<
  T,
  TPublish
> {
  /**
   * Makes a tRPC middleware that opens a scope for each call and adds `ctx.dispatch`. Listeners get the ctx as it is at
   * this point: use the middleware after those that add to ctx, or once more after them. `.output()` must come after this
   * middleware, or a call that ends with an invalid output counts as a success. Nothing can warn about that, because tRPC
   * doesn't show a middleware what comes before and after it.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * export const procedure = t.procedure.use(bus.middleware());
   * ```
   */
  readonly middleware: MakesMiddleware<T>;
}

/**
 * The ctx that listeners and the defer strategy need. A strategy for any ctx (`any`) adds nothing. A call without
 * options has its own overload, or `TContext` would be inferred from the place where the middleware is used, before
 * other middlewares have changed that ctx. (`NoInfer` doesn't help: within a call of `.use` it is never resolved.)
 */
type Needed<TContext, TDefer> = [unknown] extends [TDefer] ? TContext : Simplify<TContext & TDefer>;
