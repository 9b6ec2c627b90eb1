import type { AnyCatalog, AnyCatalogTypes, EventValue } from './catalog.ts';
import type { DefaultMeta } from './event.ts';
import type { NoEventMatches } from './select.ts';

/** Which outcome of its call keeps an event: `'success'`, `'failure'`, or either (`'settled'`). */
export type When = 'success' | 'failure' | 'settled';

/** The options of one dispatch. */
export interface DispatchOptions<TMeta = DefaultMeta> {
  /** Which outcome of the call keeps this event. Default: the bus's `when`, which is `'success'`. */
  when?: When | undefined;
  /** What this event is ordered or partitioned by in a queue. Default: nothing. */
  key?: string | undefined;
  /** In place of what the bus's `meta` makes, or of what the causing event carries. */
  meta?: TMeta | undefined;
}

interface KeyOption {
  /** What this event is ordered or partitioned by in a queue. Default: nothing. */
  key?: string | undefined;
}
/** Meta may be left out where an empty object would do. */
export type MetaOption<TMeta> = {} extends TMeta ? { meta?: TMeta | undefined } : { meta: TMeta };
/** The options of `bus.publish`: there is no ctx to make meta from, so it is asked for where the schema asks for it. */
export type PublishOptions<TMeta = DefaultMeta> = KeyOption & MetaOption<TMeta>;

declare const otherSchema: unique symbol;
/** The compile-time error for a value whose definition is not the catalog's. */
export interface PayloadOfAnotherSchema<TName> {
  readonly [otherSchema]: TName;
}

type InputArgs<TInput, TOptions> = {} extends TOptions
  ? undefined extends TInput
    ? [payload?: TInput, options?: TOptions]
    : [payload: TInput, options?: TOptions]
  : [payload: TInput, options: TOptions];
type ValueArgs<TOptions> = {} extends TOptions ? [options?: TOptions] : [options: TOptions];
/** What follows a name or a value. One signature, no overloads: their errors speak of the last one only. */
export type DispatchArgs<T extends AnyCatalogTypes, A, TOptions> = [A] extends [string]
  ? InputArgs<T['input'][`${A & string}`], TOptions>
  : ValueArgs<TOptions>;

/** Refuses a value of an event that the catalog lacks, or knows with another payload. Of a union, each must fit. */
export type CheckedValue<T extends AnyCatalogTypes, A> = [A] extends [EventValue]
  ? [Misfit<T, A>] extends [never]
    ? unknown
    : Misfit<T, A>
  : unknown;
// On its own: written in the true branch above, `A` would count as `A & EventValue`, and not be taken apart.
type Misfit<T extends AnyCatalogTypes, V> =
  V extends EventValue<infer K, infer TPayload>
    ? K extends T['name']
      ? [TPayload] extends [T['output'][K]]
        ? never
        : PayloadOfAnotherSchema<K>
      : NoEventMatches<K>
    : never;

/** `ctx.dispatch` and `e.dispatch`. */
export interface Dispatch<TCatalog extends AnyCatalog, TMeta> {
  /**
   * Says that an event happened. It is validated at once, kept until the scope settles, and dropped if that fails.
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
  // `[A] extends [..]`: the compiler also asks both for the whole constraint, with all names in it, and must not go
  // through them one by one. The names stand here and in `publish` without an alias, or errors would print the alias.
  <A extends TCatalog['~types']['name'] | EventValue>(
    event: A & CheckedValue<TCatalog['~types'], A>,
    ...args: DispatchArgs<TCatalog['~types'], A, DispatchOptions<TMeta>>
  ): void;
}

/** What the middleware adds to a procedure's ctx, and what listeners find on theirs. */
export interface WithDispatch<TCatalog extends AnyCatalog, TMeta> {
  dispatch: Dispatch<TCatalog, TMeta>;
}
