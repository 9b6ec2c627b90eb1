import type { EventShape } from '../types/catalog.ts';
import type { AnyEvent } from '../types/event.ts';
import type { AttemptInfo } from '../types/observer.ts';
import type { EventsError } from '../words/errors.ts';
import type { SlotHolder, WorkGroup } from './work-group.ts';

/** An event on its way to listeners, with everything that they will need. */
export interface Item {
  readonly event: AnyEvent;
  /** The ctx of the dispatch; `NO_CTX` if `createContext` must make it. */
  ctx: unknown;
  /** The reason why `createContext` could not make the ctx. Each listener that needs the ctx fails with it. */
  failure: EventsError | undefined;
  /** The attempt that dispatched the event. */
  readonly cause: Cause | undefined;
}
/** Stands for a missing ctx. All copies of this package share it, because `e.dispatch` of one may find a scope of another. */
export const NO_CTX: unique symbol = Symbol.for('trpc-events.no-ctx.1');

/** An attempt of a listener, as the events that it dispatches see it. */
export interface Cause extends SlotHolder {
  /** The bus of the attempt. Only its builder's identity and event names count. */
  readonly bus: { readonly app: { readonly shape: EventShape } };
  /** The event that the attempt handles; `undefined` in a call of `handleMany`, where new events have no single cause. */
  readonly event: AnyEvent | undefined;
  /** The depth of that event; of the deepest one in a call of `handleMany`. */
  readonly depth: number;
  readonly listener: string;
  /** The attempt that dispatched that event. */
  readonly cause: Cause | undefined;
  readonly group: WorkGroup;
  /** True if the chain began with a queue message: new events then get derived ids, so that a redelivery repeats them. */
  readonly usesDerivedIds: boolean;
  /** The number of events that the attempt has dispatched. */
  dispatched: number;
  /** The attempt as observers see it. */
  readonly info: AttemptInfo;
}

/** Returns the listener of the first event of a chain that led to this event; `undefined` for the first event itself. */
export function viaOf({ cause }: Pick<Item, 'cause'>): string | undefined {
  let first = cause;
  while (first?.cause !== undefined) first = first.cause;
  return first?.listener;
}

/** Adds a failure to the delivery that the attempt goes back to, if there is one. */
export function addToDelivery(cause: Cause | undefined, event: AnyEvent, error: EventsError): void {
  if (cause === undefined) return;
  cause.group.root.failures?.push({ event, listener: undefined, via: viaOf({ cause }), error });
}

/**
 * Returns the attempt that holds a `concurrency` slot and may wait for this work. Such work takes no slot, or both could
 * wait forever.
 */
export function slotHolder(cause: Cause | undefined, group?: WorkGroup): SlotHolder | undefined {
  let first = group;
  for (let attempt = cause; attempt !== undefined; attempt = attempt.cause) {
    if (attempt.hasSlot) return attempt;
    first = attempt.group;
  }
  return first?.holder?.hasSlot ? first.holder : undefined;
}
