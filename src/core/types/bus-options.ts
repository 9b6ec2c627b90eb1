import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';
import type { CheckedHandler } from './checked-handler.ts';
import type { DeferStrategy } from './defer.ts';
import type { DeadLetter } from './delivery.ts';
import type { When } from './dispatch.ts';
import type { AnyHandler } from './handler.ts';
import type { DiscardReason, EventObserver } from './observer.ts';

/** Makes the meta of a scope's events. Called synchronously, once per scope, at its first dispatch. */
export type MetaOf<T extends AnyApp> = (opts: { readonly ctx: T['context'] }) => T['metaInput'];

/** Makes the ctx of listeners for an event that comes from no procedure. */
export type CreateContext<T extends AnyApp> = (opts: {
  readonly event: T['event'][T['name']];
}) => T['context'] | Promise<T['context']>;

/** The argument of `onError`. */
export interface ErrorReport<T extends AnyApp = AnyApp> {
  /** The error; its `cause` is the value that was thrown. */
  readonly error: EventsError;
  /** The event, if the error is about one. */
  readonly event: T['event'][T['name']] | undefined;
  /** The name of the listener or handler, if one failed. */
  readonly listener: string | undefined;
  /** The number of the last attempt: 1 if there was only one, 0 if there was no time for any. */
  readonly attempt: number | undefined;
}
/** The argument of `onDiscard`. */
export interface DiscardReport<T extends AnyApp = AnyApp> {
  /** The event that was dropped. */
  readonly event: T['event'][T['name']];
  /** Why it was dropped. */
  readonly reason: DiscardReason;
}

/** Limits that protect the process. Each is a positive integer. */
export interface Limits {
  /** How many events an unflushed scope may hold. The next dispatch throws `LIMIT_EXCEEDED`. Default: 10,000. */
  perScope?: number | undefined;
  /**
   * How many events may be deferred, waiting or running. Above that, a call that dispatches waits for its own events, up
   * to 10 s or the budget of its strategy. `LIMIT_EXCEEDED` is reported, and again only after the number has fallen to
   * half. Default: 10,000.
   */
  pending?: number | undefined;
  /** How many listeners deep a chain of events may go. A deeper event is reported as `CHAIN_TOO_DEEP`. Default: 16. */
  depth?: number | undefined;
}

/** The options of `e.bus`, except `handlers` and `meta`. */
export interface BusBaseOptions<
  T extends AnyApp,
  TCreate extends CreateContext<T> | undefined = CreateContext<T> | undefined,
> {
  /**
   * Makes the ctx of listeners for events that come from no procedure: `publish`, `bus.scope`, `deliver`. May be async.
   * Default: none. These calls then throw `NO_CONTEXT` if `initEvents.context` names what listeners need.
   *
   * `bus.publish` also makes the event's meta from this ctx, unless it gets one. `event.meta` can't be read then.
   */
  createContext?: TCreate | undefined;
  /**
   * Called with every error that occurs after a dispatch. May be async; nothing waits for it. Default: prints one line
   * to stderr, with the place that threw, never with the payload.
   */
  onError?: ((report: ErrorReport<T>) => unknown) | undefined;
  /**
   * Called with each event that a listener could not handle, after the last attempt and after `onError`. Store the
   * event to repeat it later. The flush waits for this. If it throws, `HOOK_FAILED` is reported once. Default: none.
   */
  deadLetter?: ((letter: DeadLetter<T>) => unknown) | undefined;
  /** Called with each event that was dropped. May be async; nothing waits for it. Default: none. */
  onDiscard?: ((report: DiscardReport<T>) => unknown) | undefined;
  /** The `when` of dispatches that give none. Default: `'success'`. */
  when?: When | undefined;
  /** The strategy that decides when events are flushed. Default: `auto()`. */
  defer?: DeferStrategy<T['context']> | undefined;
  /** The reaction to an event that no handler takes. Default: `'warn'`, which prints one line, once per event name. */
  unhandled?: 'warn' | 'ignore' | 'error' | undefined;
  /** Limits that protect the process from endless chains and from more events than it can hold. Default: those of `Limits`. */
  limits?: Limits | undefined;
  /** Observers, attached from the start: tracing, a recorder. The first one is the outermost. Default: none. */
  observers?: readonly EventObserver[] | undefined;
}
/** The options of `e.bus`. `meta` may be left out if an empty object would be valid. */
export type BusOptions<
  T extends AnyApp,
  H extends readonly AnyHandler[] = readonly AnyHandler[],
  TCreate extends CreateContext<T> | undefined = CreateContext<T> | undefined,
> = BusBaseOptions<T, TCreate> &
  ({} extends T['metaInput']
    ? {
        /**
         * Makes the meta of a scope's events from the ctx of the call. Called synchronously, at the first dispatch of the
         * scope. If it throws, or its result is invalid, the events are not delivered: `META_FAILED`. Default: an empty
         * object; required if the schema of meta refuses that.
         */
        meta?: MetaOf<T> | undefined;
      }
    : {
        /** Makes the meta of a scope's events from the ctx of the call. Called synchronously, at the first dispatch. */
        meta: MetaOf<T>;
      }) & {
    /** The routers and handlers that get the events. Listeners of one event start in this order. */
    handlers: H & { [I in keyof H]: CheckedHandler<T, H[I]> };
  };
