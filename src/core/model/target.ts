import type { MessageCodec } from '../types/handler.ts';
import type { Item } from './item.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Semaphore } from './semaphore.ts';

/** A lane of a busy target: the events that wait for the target in one flush. */
interface OpenLane {
  readonly flush: unknown;
  add(item: Item): void;
}

/** Anything that gets events from a bus: one listener of a router, or a handler. */
export interface Target {
  /** Unique in its bus. A derived name may change when another listener is registered. */
  name: string;
  /** True if the application gave the name. */
  readonly isNamed: boolean;
  readonly kind: 'listener' | 'handler' | 'forwarder';
  /** True if the target gets the events of a flush in one call, by `handleMany`. */
  readonly batch: boolean;
  /** True if the target only watches. */
  readonly passive: boolean;
  /** True for a forwarder. `local` is its option. */
  readonly remote: boolean;
  readonly local: boolean | undefined;
  /** The codec of a forwarder, if it names one. */
  readonly codec: MessageCodec | undefined;
  readonly patterns: readonly string[];
  readonly selects: (name: string) => boolean;
  /** Returns true if the target must not get an event that it selects. Only tests set it. */
  readonly isMuted?: (name: string) => boolean;
  /** The registration, which says if the listener was taken off. */
  readonly registered: { readonly isOff: boolean };
  readonly invoke: (argument: never) => unknown;
  /** Set if the listener has `retry`, `timeout` or `concurrency`. */
  readonly retryPolicy: RetryPolicy | undefined;
  /** Set if the listener has `concurrency`. */
  readonly semaphore: Semaphore | undefined;
  /**
   * The open lane of this target in the flush that hands out now. Flushes hand out one at a time, so one place is
   * enough. A Map per flush would cost more.
   */
  lane: OpenLane | undefined;
}

/** The targets of one event name. */
export interface Lookup {
  readonly targets: readonly Target[];
  /** True if one of them does more than watch. */
  readonly isHandled: boolean;
  /** False if all of them are forwarders, or handlers with `handleMany`: no ctx is made for them. */
  readonly needsContext: boolean;
}

/** Returns false if no target reads a ctx. An event that nothing takes counts as if a listener took it. */
export function needContext(targets: readonly Target[]): boolean {
  return targets.length === 0 || targets.some(({ remote, batch }) => !remote && !batch);
}
