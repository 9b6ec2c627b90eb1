import type { BusState } from './bus-state.ts';
import type { Flush } from './flush.ts';
import { currentFrame, leave } from './storage.ts';

/** The flushes of a bus whose pass has to wait for the one that runs. */
const queues = new WeakMap<BusState, Flush[]>();

/**
 * Runs the pass of a flush. One that begins during another, chained by a listener that returned at once, runs after
 * it: events that cause events take no stack.
 */
export function runPass(flush: Flush): void {
  const { bus } = flush;
  const running = queues.get(bus);
  if (running !== undefined) {
    running.push(flush);
    return;
  }
  const queue = [flush];
  queues.set(bus, queue);
  const before = currentFrame();
  try {
    // The queue grows while it is read.
    for (const next of queue) next.pass();
  } finally {
    queues.delete(bus);
    leave(before);
  }
}
