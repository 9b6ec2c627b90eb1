import type { AnyCatalog, AnyCatalogTypes, EventValue } from './catalog.ts';
import type { DefaultMeta } from './event.ts';
import type { NoEventMatches } from './select.ts';

/** The outcome of the call that keeps an event: `'success'`, `'failure'`, or either (`'settled'`). */
export type When = 'success' | 'failure' | 'settled';

/** The options of one dispatch. */
export interface DispatchOptions<TMeta = DefaultMeta> {
  /** The outcome of the call that keeps this event. Default: the bus's `when`, which is `'success'` unless set. */
  when?: When | undefined;
  /** The key by which queues order or partition this event. Default: none. */
  key?: string | undefined;
  /** The event's meta. Default: the result of the bus's `meta`; in a listener, the meta of the event being handled. */
  meta?: TMeta | undefined;
}

/** The `key` option. */
export interface KeyOption {
  /** The key by which queues order or partition this event. Default: none. */
  key?: string | undefined;
}
/** The `meta` option if the bus can make the meta. */
export interface MayGiveMeta<TMeta> {
  /** The meta of the events. Default: the bus makes it. */
  meta?: TMeta | undefined;
}
/** The `meta` option if there is no ctx to make the meta from. The compiler names this type if the option is left out. */
export interface NoCtxToMakeMetaFrom<TMeta> {
  /** The meta of the events. */
  meta: TMeta;
}
/** The `meta` option, which may be left out if an empty object would be valid. */
export type MetaOption<TMeta> = {} extends TMeta ? MayGiveMeta<TMeta> : NoCtxToMakeMetaFrom<TMeta>;
/** The options of `bus.publish` without `createContext`: `meta` is required if its schema requires fields. */
export type PublishOptions<TMeta = DefaultMeta> = KeyOption & MetaOption<TMeta>;
/** The options of `bus.publish`. A bus with `createContext` makes the meta that isn't given. */
export type PublishOptionsOf<TMeta, TCreate> = undefined extends TCreate
  ? PublishOptions<TMeta>
  : KeyOption & MayGiveMeta<TMeta>;

declare const otherSchema: unique symbol;
/** The compile-time error for an event value whose payload type is not the catalog's. */
export interface PayloadOfAnotherSchema<TName> {
  readonly [otherSchema]: TName;
}

type InputArgs<TInput, TOptions> = {} extends TOptions
  ? undefined extends TInput
    ? [payload?: TInput, options?: TOptions]
    : [payload: TInput, options?: TOptions]
  : [payload: TInput, optionsWithMeta: TOptions];
type ValueArgs<TOptions> = {} extends TOptions ? [options?: TOptions] : [optionsWithMeta: TOptions];
/** The arguments after a name or an event value. Overloads are avoided: errors would mention only the last one. */
export type DispatchArgs<T extends AnyCatalogTypes, A, TOptions> = [A] extends [string]
  ? InputArgs<T['input'][`${A & string}`], TOptions>
  : ValueArgs<TOptions>;

/** Refuses an event value that the catalog lacks, or has with another payload. Each member of a union must fit. */
export type CheckedValue<T extends AnyCatalogTypes, A> = [A] extends [EventValue]
  ? [Misfit<T, A>] extends [never]
    ? unknown
    : Misfit<T, A>
  : unknown;
// `Misfit` is separate because in the true branch above, `A` would be `A & EventValue`, which doesn't distribute.
type Misfit<T extends AnyCatalogTypes, V> =
  V extends EventValue<infer K, infer TPayload>
    ? K extends T['name']
      ? [TPayload] extends [T['output'][K]]
        ? never
        : PayloadOfAnotherSchema<K>
      : NoEventMatches<K>
    : never;

/** The type of `ctx.dispatch` and `e.dispatch`. */
export interface Dispatch<TCatalog extends AnyCatalog, TMeta> {
  /**
   * Says that an event happened. It is validated at once, kept until the scope settles, and dropped if the scope fails.
   *
   * @throws EventsError `UNKNOWN_EVENT`, `INVALID_PAYLOAD` (with the schema's `issues`), `LIMIT_EXCEEDED`, `CLOSED`,
   * `BAD_OPTION`
   *
   * @example
   * ```ts
   * ctx.dispatch('user.created', { id, email });
   * ctx.dispatch('login.failed', { email }, { when: 'failure' });
   * ctx.dispatch(userCreated({ id, email }));
   * ```
   */
  // `[A] extends [..]` is not distributive, because the compiler also evaluates both types for the whole constraint and
  // must not go through all names. Here and in `publish`, the names have no alias, because errors would print it.
  <A extends TCatalog['~types']['name'] | EventValue>(
    event: A & CheckedValue<TCatalog['~types'], A>,
    ...args: DispatchArgs<TCatalog['~types'], A, DispatchOptions<TMeta>>
  ): void;
}

/** The part of ctx that the middleware adds for procedures, and that listeners find on theirs. */
export interface WithDispatch<TCatalog extends AnyCatalog, TMeta> {
  dispatch: Dispatch<TCatalog, TMeta>;
}
