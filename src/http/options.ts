import type { DeferStrategy } from '../core/types/defer.ts';
import type { MetaOption } from '../core/types/dispatch.ts';
import type { ExternalCall, ExternalScope } from '../core/types/external-call.ts';
import { aFunction, anything, aStrategy, aString, type Rules } from '../core/words/options.ts';

export type AnyFunction = (...args: never[]) => unknown;

interface CallOptions<TContext> {
  /** The `path` of the call's events, which observers show too, such as `POST /api/orders`. Default: none. */
  path?: string | undefined;
  /** The strategy that decides when the events of a call are flushed. Default: the bus's `defer`. */
  defer?: DeferStrategy<TContext> | undefined;
}
interface Context<TContext, TMeta, F extends AnyFunction> {
  /**
   * Makes the ctx of the listeners from the arguments of the call, before the function runs. If it throws, the call
   * throws the same error. Default: the bus's `createContext` makes a ctx for each event.
   */
  context: (...args: Parameters<F>) => TContext | Promise<TContext>;
  /** The meta of the call's events. Default: the bus's `meta` makes it from the context. */
  meta?: TMeta | undefined;
}
type NoContext<TMeta> = { context?: undefined } & MetaOption<TMeta>;
/** The options of `withEvents`. `meta` is required if its schema requires fields, and there is no `context` to make it from. */
export type WithEventsOptions<TContext, TMeta, F extends AnyFunction> = CallOptions<TContext> &
  (Context<TContext, TMeta, F> | NoContext<TMeta>);
export type OptionArgs<TContext, TMeta, F extends AnyFunction> = {} extends TMeta
  ? [options?: WithEventsOptions<TContext, TMeta, F>]
  : [options: WithEventsOptions<TContext, TMeta, F>];

/** A bus with any ctx, whose meta schema requires no fields. */
export interface NeedsNoMeta {
  // This property comes first, since the compiler's message is about the first one that doesn't fit.
  readonly '~metaWithoutCtx'?: undefined;
  // This is a property, since the compiler would compare the parameters of a method in both directions.
  readonly '~open': (call: ExternalCall<never, {}>) => ExternalScope;
}

/** The options of `withEvents` that need none of the bus's types. */
export interface PlainOptions extends CallOptions<unknown> {
  context?: undefined;
  meta?: undefined;
}

export const OPTIONS: Rules = { path: aString, defer: aStrategy, context: aFunction, meta: anything };
/** The options of `withEvents`, loosely typed, because the function may be of any kind. */
export interface LooseOptions<TContext, TMeta> extends CallOptions<TContext> {
  context?: ((...args: readonly unknown[]) => TContext | Promise<TContext>) | undefined;
  meta?: TMeta | undefined;
}
