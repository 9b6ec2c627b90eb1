import { Flush } from '../flush/flush.ts';
import { requestsAreIsolated } from '../host/isolation.ts';
import { INLINE_BUDGET, WorkGroup } from '../model/work-group.ts';
import { reportHook, reportLate } from '../report/report.ts';
import type { CallScope, Entry } from '../scope/scope.ts';
import { snapshot } from '../scope/storage.ts';
import type { StartFlush } from '../types/defer.ts';
import { isThenable } from '../words/guards.ts';
import { reportCrowd, waitInCrowd } from './crowd.ts';

const DONE = Promise.resolve();

/**
 * Lets the strategy of a scope pick the moment of a flush. Returns a promise if the caller must wait: because the
 * strategy says so, or because too many events are pending.
 */
export function deferFlush(scope: CallScope, entries: readonly Entry[]): Promise<void> | undefined {
  const { bus } = scope;
  // Isolated requests are never held back, because the events of a canceled one would count as pending forever.
  const isCrowded = !requestsAreIsolated && bus.pending >= bus.settings.limits.pending;
  if (scope.group.isOver(bus)) for (const { event } of entries) reportLate(bus, event);
  const deferred = new DeferredFlush(scope, entries);
  const waits = deferred.askStrategy();
  if (isCrowded && entries.length > 0) {
    const done = deferred.begin({ budget: INLINE_BUDGET });
    reportCrowd(bus);
    const waited = waitInCrowd(bus, Promise.all([done, waits]), deferred.budget);
    // A call must be answered. A caller that awaits `bus.scope` or `e.scope` has asked to wait until everything is handled.
    return scope.kind === 'call' ? waited : waited.then(() => waits);
  }
  deferred.keep();
  return waits;
}

/** A flush that waits for the moment that a defer strategy picks. */
class DeferredFlush {
  before: DeferredFlush | undefined = undefined;
  after: DeferredFlush | undefined = undefined;
  readonly #scope: CallScope;
  readonly #group: WorkGroup;
  readonly #flush: Flush;
  /** How long the caller waits for this flush while too many events are pending, in ms. */
  budget = INLINE_BUDGET;
  #isBegun = false;
  /** The promise that `begin` returned. */
  #finished: Promise<void> | undefined = undefined;
  /** Restores the application's AsyncLocalStorages as they were at the deferral. Set once the flush waits. */
  #runAsNow: ReturnType<typeof snapshot> | undefined = undefined;

  constructor(scope: CallScope, entries: readonly Entry[]) {
    this.#scope = scope;
    this.#group = new WorkGroup(scope.group);
    const origin = scope.streaming ? 'stream' : scope.kind;
    this.#flush = new Flush(scope.bus, entries, { group: this.#group, origin, scope });
  }

  /** Begins the flush on the first call. Resolves when the flush, and everything that it leads to, is done. */
  readonly begin: StartFlush = (options) => {
    // `#isBegun` is set first, because a listener of this flush may call `begin` again.
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.#limit(options?.budget);
      this.#scope.bus.deferred.delete(this);
      if (this.#runAsNow === undefined) this.#flush.begin();
      else this.#runAsNow(() => this.#flush.begin());
    }
    return (this.#finished ??= this.#group.done() ?? DONE);
  };

  #limit(budget: number | undefined): void {
    if (budget === undefined) return;
    this.budget = budget;
    const { root, group } = this.#scope;
    this.#group.deadline = performance.now() + budget;
    // Whoever waits for the call waits for its late events too, so the same deadline applies to them.
    if (root.call !== undefined) group.deadline = this.#group.deadline;
  }

  /** Calls the strategy. Returns a promise if the caller must wait for it. */
  askStrategy(): Promise<void> | undefined {
    try {
      const started = this.#scope.defer.start(this.begin, this.#scope);
      // If the strategy returned the promise of `begin`, and that work is done, the caller doesn't have to wait a turn for it.
      if (this.#finished !== undefined && started === this.#finished) return this.#group.done();
      return isThenable(started) ? this.#waitFor(started) : undefined;
    } catch (thrown) {
      void this.#beginAfter(thrown);
      return undefined;
    }
  }

  async #waitFor(started: PromiseLike<void>): Promise<void> {
    try {
      await started;
    } catch (thrown) {
      // The caller waits here, so the budget of `inline` applies.
      await this.#beginAfter(thrown, { budget: INLINE_BUDGET });
    }
  }

  /** Reports a strategy that has failed. It has picked no moment, so the flush begins at once. */
  #beginAfter(thrown: unknown, options?: { readonly budget: number }): Promise<void> {
    const { bus, defer } = this.#scope;
    reportHook(bus, `The defer strategy ${defer.name}`, thrown);
    return this.begin(options);
  }

  /** Adds a flush that has not begun to the deferred ones of the bus, so that a drain finds it. */
  keep(): void {
    if (this.#isBegun) return;
    const { bus } = this.#scope;
    this.#runAsNow = snapshot();
    bus.deferred.add(this);
    bus.notifyIdleWaiters();
  }
}
