import { Flush } from '../flush/flush.ts';
import { requestsAreIsolated } from '../host/isolation.ts';
import { INLINE_BUDGET } from '../model/budget.ts';
import { WorkGroup } from '../model/work-group.ts';
import { reportHook, reportLate } from '../report/report.ts';
import type { CallScope, Entry } from '../scope/scope.ts';
import { snapshot } from '../scope/storage.ts';
import type { StartFlush } from '../types/defer.ts';
import { isThenable } from '../words/guards.ts';

const DONE = Promise.resolve();

/**
 * Lets the strategy of a scope pick the moment of a flush. The caller waits for the promise, if there is one: as long
 * as the strategy says, or for its own events, where too many of others are under way.
 */
export function deferFlush(scope: CallScope, entries: readonly Entry[]): Promise<void> | undefined {
  const { bus, defer } = scope;
  // Not on Cloudflare Workers, where the events of a request that is cut off would count for ever.
  const isCrowded = !requestsAreIsolated && bus.pending >= bus.settings.limits.pending;
  if (scope.group.isOver(bus)) for (const entry of entries) reportLate(bus, entry);
  const group = new WorkGroup(scope.group);
  const flush = new Flush(bus, entries, { group });
  let isBegun = false;
  let begun: Promise<void> | undefined;
  let later: ReturnType<typeof snapshot> | undefined;
  const begin: StartFlush = (options) => {
    if (!isBegun) {
      const { budget } = options ?? {};
      if (budget !== undefined) {
        group.deadline = Date.now() + budget;
        // What comes late keeps waiting whoever waits for the call.
        if (scope.root.call !== undefined) scope.group.deadline = group.deadline;
      }
      // First of all: one of its own listeners may call this again.
      isBegun = true;
      bus.deferred.delete(flush);
      if (later === undefined) flush.begin();
      else later(() => flush.begin());
    }
    return (begun ??= group.done() ?? DONE);
  };
  let waits: Promise<void> | undefined;
  try {
    const started = defer.start(begin, scope);
    if (begun !== undefined && started === begun) waits = group.done();
    else if (isThenable(started)) waits = waitFor(started, scope, begin);
  } catch (thrown) {
    void faulty(thrown, scope, begin);
  }
  // Where the strategy has not begun it, under a budget of its own.
  if (isCrowded && entries.length > 0) return begin({ budget: INLINE_BUDGET });
  if (begun === undefined) {
    // Whatever event calls it later, the flush runs as if it ran here: the user's own storages hold what they hold now.
    later = snapshot();
    bus.deferred.set(flush, begin);
    bus.notifyIdleWaiters();
  }
  return waits;
}

async function waitFor(started: PromiseLike<void>, scope: CallScope, begin: StartFlush): Promise<void> {
  try {
    await started;
  } catch (thrown) {
    // Its caller waits, and not for longer than under `inline`.
    await faulty(thrown, scope, () => begin({ budget: INLINE_BUDGET }));
  }
}

/** A strategy that fails has not picked a moment: now is as good as any. */
function faulty(thrown: unknown, { bus, defer }: CallScope, begin: () => Promise<void>): Promise<void> {
  reportHook(bus, `The defer strategy ${defer.name}`, thrown);
  return begin();
}
