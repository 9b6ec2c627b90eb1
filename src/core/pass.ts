import type { Flush } from './flush.ts';
import { currentFrame, leave } from './storage.ts';

/**
 * Runs the pass of a flush. One that begins during another of its bus, chained by a listener that returned at once,
 * runs after it: events that cause events take no stack.
 */
export function runPass(flush: Flush): void {
  const { bus } = flush;
  if (bus.passing !== undefined) {
    bus.passing.push(flush);
    return;
  }
  const queue = [flush];
  const before = currentFrame();
  bus.passing = queue;
  try {
    // The queue grows while it is read.
    for (const next of queue) next.pass();
  } finally {
    bus.passing = undefined;
    leave(before);
  }
  bus.progressed();
}
