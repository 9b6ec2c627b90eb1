import { Flush } from './flush.ts';
import { isThenable, reportHook } from './report.ts';
import type { Entry, Scope } from './scope.ts';
import { snapshot } from './storage.ts';

/**
 * Lets the strategy of a scope pick the moment of a flush. The caller waits for the promise, if there is one: as long
 * as the strategy says, or for its own events, where too many of others are under way.
 */
export function deferFlush(scope: Scope, entries: readonly Entry[]): Promise<void> | undefined {
  const { bus, root, defer } = scope;
  const isCrowded = bus.pending >= bus.settings.limits.pending;
  const flush = new Flush(bus, entries);
  let begun: Promise<void> | undefined;
  let run = <R>(fn: () => R): R => fn();
  const begin = (): Promise<void> => {
    if (begun !== undefined) return begun;
    run(() => flush.begin());
    const done = flush.chainDone();
    begun = done ?? Promise.resolve();
    if (done === undefined) root.release();
    else void done.then(() => root.release());
    return begun;
  };
  root.hold();
  bus.deferred.set(flush, begin);
  if (isCrowded && entries.length > 0) return begin();
  let waits: Promise<void> | undefined;
  try {
    const started = defer.start(begin, scope);
    if (isThenable(started)) waits = Promise.resolve(started).catch(failed);
  } catch (thrown) {
    void failed(thrown);
  }
  if (begun === undefined) {
    // Whatever event calls it later, the flush runs as if it ran here: the user's own storages hold what they hold now.
    run = snapshot();
    bus.progressed();
  }
  return waits;

  function failed(thrown: unknown): Promise<void> {
    reportHook(bus, `The defer strategy ${defer.name}`, thrown);
    return begin();
  }
}
