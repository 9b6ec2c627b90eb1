import type { Flush } from './flush.ts';

/**
 * Runs the pass of a flush. One that begins during another of its bus, chained by a listener that returned at once,
 * runs after it: events that cause events take no stack. It leaves the last attempt as the current scope: whoever has
 * more to do after it calls `restoring`.
 */
export function runPass(flush: Flush): void {
  const { bus } = flush;
  if (bus.passing !== undefined) {
    bus.passing.push(flush);
    return;
  }
  const queue = [flush];
  bus.passing = queue;
  try {
    // The queue grows while it is read.
    for (const next of queue) next.pass();
  } finally {
    bus.passing = undefined;
  }
  bus.progressed();
}
