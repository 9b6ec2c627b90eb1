import type { AnyCatalogTypes } from '../../core/types/catalog.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import type { DiscardReason, EventObserver } from '../../core/types/observer.ts';
import type { CheckedPatterns, EventOf, Patterns } from '../../core/types/select.ts';

/** All that a recorder needs of a bus, which may be one of another copy of this package. */
export interface RecordableBus<T extends AnyCatalogTypes> {
  /** Types only. */
  readonly '~types': T;
  observe(observer: EventObserver): () => void;
  /** Refuses what is no pattern of its catalog. */
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
  /** 1 the first time. */
  readonly attempt: number;
}
/** An attempt that failed. */
export interface FailedEvent<TEvent = AnyEvent> extends HandledEvent<TEvent> {
  /** What was thrown. */
  readonly error: unknown;
  /** The wait for the next attempt, in ms; `undefined` where this was the last one. */
  readonly delay: number | undefined;
}

/** An event, who took it, and what came of that. */
export interface EventNode<TEvent = AnyEvent> {
  readonly event: TEvent;
  /** Why it was dropped, if it was. */
  readonly discarded: DiscardReason | undefined;
  /** Whether nobody takes it. */
  readonly unhandled: boolean;
  readonly listeners: readonly ListenerNode<TEvent>[];
}
/** One listener on one event: all its attempts, and what they dispatched. */
export interface ListenerNode<TEvent = AnyEvent> {
  readonly listener: string;
  readonly outcome: 'handled' | 'failed' | 'running';
  readonly attempts: number;
  /** What the last attempt threw, if it failed. */
  readonly error: unknown;
  readonly events: readonly EventNode<TEvent>[];
}

/**
 * What a value must be like: of an object, as much as is given; all else must be equal. What has `asymmetricMatch`, such
 * as `expect.any(String)` of vitest and Jest, is asked.
 */
export type Like<V> = V extends Date | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
  ? V
  : V extends readonly (infer Item)[]
    ? readonly Like<Item>[]
    : V extends object
      ? { readonly [K in keyof V]?: Like<V[K]> | undefined }
      : V;

/** What `recordEvents` gives. Its lists are of what came until now, oldest first: `await bus.drain()` before. */
export interface EventRecorder<T extends AnyCatalogTypes> extends AsyncDisposable, Disposable {
  /** What was dispatched, what was dropped later included. */
  dispatched(): readonly T['event'][T['name']][];
  dispatched<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly EventOf<T, P>[];
  /** What was dropped. */
  discarded(): readonly DiscardedEvent<T['event'][T['name']]>[];
  discarded<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly DiscardedEvent<EventOf<T, P>>[];
  /** Attempts that succeeded, in the order in which they ended. */
  handled(): readonly HandledEvent<T['event'][T['name']]>[];
  handled<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly HandledEvent<EventOf<T, P>>[];
  /** Attempts that failed, in the order in which they ended. */
  failed(): readonly FailedEvent<T['event'][T['name']]>[];
  failed<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly FailedEvent<EventOf<T, P>>[];
  /** What no handler takes. */
  unhandled(): readonly T['event'][T['name']][];
  unhandled<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>): readonly EventOf<T, P>[];
  /**
   * The one event of a pattern that was dispatched and not dropped.
   *
   * @throws Error where there is none, or more than one, with all that was dispatched
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
   * Makes sure that no such event was dispatched, but for those that were dropped.
   *
   * @throws Error where there is one, with all that was dispatched
   */
  none(): void;
  none<P extends Patterns<T>>(pattern: CheckedPatterns<T, P>, like?: Like<NoInfer<EventOf<T, P>>>): void;
  /** What caused what: events that no listener dispatched, and below them, listeners and what those dispatched. */
  tree(): readonly EventNode<T['event'][T['name']]>[];
  /** The tree as text, without ids and times: it is the same in each run. */
  toString(): string;
  /** Forgets what came until now. */
  clear(): void;
  /** Takes it off the bus; it keeps what it has. `await using` does that by itself. */
  stop(): void;
}
