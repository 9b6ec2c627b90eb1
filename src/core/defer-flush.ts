import { Flush } from './flush.ts';
import { isThenable, reportHook } from './report.ts';
import type { CallScope } from './call-scope.ts';
import type { Entry } from './scope.ts';
import { snapshot } from './storage.ts';

const DONE = Promise.resolve();

/**
 * Lets the strategy of a scope pick the moment of a flush. The caller waits for the promise, if there is one: as long
 * as the strategy says, or for its own events, where too many of others are under way.
 */
export function deferFlush(scope: CallScope, entries: readonly Entry[]): Promise<void> | undefined {
  const { bus, defer } = scope;
  const { call } = scope.root;
  const isCrowded = bus.pending >= bus.settings.limits.pending;
  const flush = new Flush(bus, entries, { onChainDone: () => call?.release() });
  let isBegun = false;
  let begun: Promise<void> | undefined;
  let run = <R>(fn: () => R): R => fn();
  const begin = (): Promise<void> => {
    if (!isBegun) {
      // First of all: one of its own listeners may call this again.
      isBegun = true;
      bus.deferred.delete(flush);
      run(() => flush.begin());
    }
    return (begun ??= flush.chainDone() ?? DONE);
  };
  call?.hold();
  if (isCrowded && entries.length > 0) return begin();
  let waits: Promise<void> | undefined;
  try {
    const started = defer.start(begin, scope);
    if (started === begun) waits = flush.chainDone() && begun;
    else if (isThenable(started)) waits = Promise.resolve(started).catch(failed);
  } catch (thrown) {
    void failed(thrown);
  }
  if (begun === undefined) {
    // Whatever event calls it later, the flush runs as if it ran here: the user's own storages hold what they hold now.
    run = snapshot();
    bus.deferred.set(flush, begin);
    bus.progressed();
  }
  return waits;

  function failed(thrown: unknown): Promise<void> {
    reportHook(bus, `The defer strategy ${defer.name}`, thrown);
    return begin();
  }
}
