import type { AnyCatalogTypes } from '../../core/types/catalog.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import type { DiscardReason, EventObserver } from '../../core/types/observer.ts';
import type { CheckedPatterns, EventOf, Patterns } from '../../core/types/select.ts';

/** The parts of a bus that a recorder needs. The bus may come from another copy of this package. */
export interface RecordableBus<T extends AnyCatalogTypes> {
  /** Types only. */
  readonly '~types': T;
  observe(observer: EventObserver): () => void;
  /** Called to check a pattern: throws if the pattern does not fit the catalog. */
  stream(pattern: never): { return?(): unknown };
}

/** An event that was dropped, and why. */
export interface DiscardedEvent<TEvent = AnyEvent> {
  readonly event: TEvent;
  readonly reason: DiscardReason;
}
/** An attempt of a listener, or a call of a handler, that succeeded. */
export interface HandledEvent<TEvent = AnyEvent> {
  readonly event: TEvent;
  readonly listener: string;
  /** Number of the attempt: 1 for the first. */
  readonly attempt: number;
}
/** An attempt that failed. */
export interface FailedEvent<TEvent = AnyEvent> extends HandledEvent<TEvent> {
  /** The value that was thrown. */
  readonly error: unknown;
  /** Time until the next attempt, in ms; `undefined` if this was the last one. */
  readonly delay: number | undefined;
}

/** An event, the listeners that took it, and the results. */
export interface EventNode<TEvent = AnyEvent> {
  readonly event: TEvent;
  /** Why the event was dropped, if it was. */
  readonly discarded: DiscardReason | undefined;
  /** True if no handler takes the event. */
  readonly unhandled: boolean;
  readonly listeners: readonly ListenerNode<TEvent>[];
}
/** A listener on an event: all its attempts, and the events that they dispatched. */
export interface ListenerNode<TEvent = AnyEvent> {
  readonly listener: string;
  readonly outcome: 'handled' | 'failed' | 'running';
  readonly attempts: number;
  /** The value that the last attempt threw, if it failed. */
  readonly error: unknown;
  readonly events: readonly EventNode<TEvent>[];
}

/**
 * An expectation of a value. An object must have the given keys, and may have more. Everything else must be equal. A
 * matcher with `asymmetricMatch`, such as `expect.any(String)` of vitest and Jest, decides by itself.
 */
export type Like<V> = V extends Date | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
  ? V
  : V extends readonly (infer Item)[]
    ? readonly Like<Item>[]
    : V extends object
      ? { readonly [K in keyof V]?: Like<V[K]> | undefined }
      : V;

/**
 * The result of `recordEvents`. Its lists contain what has happened until now, oldest first. Call `await bus.drain()`
 * before you read them.
 */
export interface EventRecorder<T extends AnyCatalogTypes> extends AsyncDisposable, Disposable {
  /** Returns the events that were dispatched, including those that were dropped later. */
  dispatched(): readonly T['event'][T['name']][];
  dispatched<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly EventOf<T, P>[];
  /** Returns the events that were dropped, each with the reason. */
  discarded(): readonly DiscardedEvent<T['event'][T['name']]>[];
  discarded<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly DiscardedEvent<EventOf<T, P>>[];
  /** Returns the attempts that succeeded, in the order in which they ended. */
  handled(): readonly HandledEvent<T['event'][T['name']]>[];
  handled<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly HandledEvent<EventOf<T, P>>[];
  /** Returns the attempts that failed, in the order in which they ended. */
  failed(): readonly FailedEvent<T['event'][T['name']]>[];
  failed<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly FailedEvent<EventOf<T, P>>[];
  /** Returns the events that no handler takes. */
  unhandled(): readonly T['event'][T['name']][];
  unhandled<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly EventOf<T, P>[];
  /**
   * Returns the only event of a pattern that was dispatched and not dropped.
   *
   * @throws Error if there is none or more than one; the message lists everything that was dispatched
   *
   * @example
   * ```ts
   * const { payload } = events.only('user.created', { payload: { email: 'ada@example.org' } });
   * ```
   */
  only<P extends Patterns<T>>(
    pattern: CheckedPatterns<T, P>,
    like?: Like<NoInfer<EventOf<T, P>>>,
  ): EventOf<T, P>;
  /**
   * Makes sure that no such event was dispatched, except events that were dropped.
   *
   * @throws Error if there is one; the message lists everything that was dispatched
   */
  none(): void;
  none<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>, like?: Like<NoInfer<EventOf<T, P>>>): void;
  /** Returns the tree of causes: events that no listener dispatched, with their listeners and what those dispatched. */
  tree(): readonly EventNode<T['event'][T['name']]>[];
  /**
   * Returns the tree as text: names of events and listeners, and how each ended. The text is the same in each run, so it
   * suits a snapshot.
   */
  outline(): string;
  /** Returns the tree as text, with payloads and errors too. An id or a date in a payload makes it differ in each run. */
  toString(): string;
  /** Forgets what was recorded until now. */
  clear(): void;
  /** Detaches the recorder, which keeps what it recorded. `await using` does this by itself. */
  stop(): void;
}
