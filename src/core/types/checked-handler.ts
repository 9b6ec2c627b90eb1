import type { AnyApp } from './app.ts';
import type { EventForwarder, EventHandler } from './handler.ts';
import type { RouterNeeds } from './router.ts';
import type { NoEventMatches, Selected, WrongPatterns } from './select.ts';

declare const oneWay: unique symbol;
/** The compile-time error for an event that can't be forwarded, because its schema doesn't accept its own output. */
export interface SchemaRejectsItsOwnOutput<TName> {
  readonly [oneWay]: TName;
}
declare const contextLacks: unique symbol;
/** The compile-time error for a ctx that lacks what the listeners of a bus need, or what one of its routers needs. */
export interface ContextLacks<TKeys> {
  readonly [contextLacks]: TKeys;
}
declare const contextDiffers: unique symbol;
/** The compile-time error for a ctx that has all that is needed, but some of it with another type. */
export interface ContextDiffers<TKeys> {
  readonly [contextDiffers]: TKeys;
}
declare const otherEvents: unique symbol;
/** The compile-time error for a router whose catalog or meta is not the bus's. */
export interface ListensToOtherEvents<TName> {
  readonly [otherEvents]: TName;
}

type OneWay<T extends AnyApp, P> = T['oneWay'][Selected<T['name'], P>];
type CheckedRemote<T extends AnyApp, H, P> = [OneWay<T, P>] extends [never]
  ? H
  : SchemaRejectsItsOwnOutput<OneWay<T, P>>;
/**
 * The keys of `TNeed` that `THave` lacks, or has with another type. For unions, those that any member lacks. This is an
 * interface, because errors would print an alias in place of the keys.
 */
export interface Lacking<THave, TNeed> {
  keys: THave extends TNeed
    ? never
    : TNeed extends unknown
      ? {
          [K in keyof TNeed]-?: K extends keyof THave
            ? THave[K] extends TNeed[K]
              ? never
              : K
            : {} extends Pick<TNeed, K>
              ? never
              : K;
        }[keyof TNeed]
      : never;
}
/** The keys of `TNeed` that `THave`, or any member of it, does not have at all. */
interface Absent<THave, TNeed> {
  keys: THave extends unknown ? Exclude<Lacking<THave, TNeed>['keys'], keyof THave> : never;
}
/** The compile-time error for a ctx that doesn't fit: it names absent keys, or if there are none, keys of another type. */
export type ContextMisfit<THave, TNeed> = [Absent<THave, TNeed>['keys']] extends [never]
  ? ContextDiffers<Lacking<THave, TNeed>['keys']>
  : ContextLacks<Absent<THave, TNeed>['keys']>;
type CheckedRouter<T extends AnyApp, H, TEvents, TContext> = [T['context']] extends [TContext]
  ? [T['event']] extends [TEvents]
    ? H
    : ListensToOtherEvents<Lacking<T['event'], TEvents>['keys']>
  : ContextMisfit<T['context'], TContext>;
/** `H`, or the compile-time error for a handler that doesn't fit the bus. */
export type CheckedHandler<T extends AnyApp, H> = H extends {
  readonly '~needs': RouterNeeds<infer TEvents, infer TContext>;
}
  ? CheckedRouter<T, H, TEvents, TContext>
  : H extends EventHandler<infer P>
    ? [WrongPatterns<T, P>] extends [never]
      ? H extends EventForwarder
        ? CheckedRemote<T, H, P>
        : H
      : NoEventMatches<WrongPatterns<T, P>>
    : H;
