import type { AnyEvent } from 'trpc-events';
import { about } from './about.ts';
import { now } from './clock.ts';
import { feed } from './feed.ts';

/** Tells the feed of an event that came from the worker, and what that did before. */
export function tellOfArrival(event: AnyEvent, queue: string): void {
  const { id, name, payload } = event;
  const by = name === 'order.packed' ? tellOfWork(event) : undefined;
  feed.push({ kind: 'dispatched', ...about(event), at: timeOf(event.time), event: id, name, payload, by });
  feed.push({ kind: 'arrived', ...about(event), event: id, queue });
}

/** The worker's listener has said itself who it is, and when it began. Returns the id of its attempt. */
function tellOfWork(packed: AnyEvent): string {
  const { worker, began } = packed.payload as { worker: number; began: Date };
  const { causationId = '' } = packed;
  const attempt = `packed-${causationId}`;
  feed.push({
    kind: 'started',
    ...about(packed),
    at: timeOf(began),
    attempt,
    event: causationId,
    listener: 'packParcel',
    isForwarder: false,
    worker,
  });
  feed.push({ kind: 'finished', ...about(packed), at: timeOf(packed.time), attempt, ok: true, error: '' });
  return attempt;
}

/** The same moment by the clock of the story, which doesn't follow a clock that is set. */
function timeOf(date: Date): number {
  return date.getTime() + now() - Date.now();
}
