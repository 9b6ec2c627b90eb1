import { Flush } from '../flush/flush.ts';
import { requestsAreIsolated } from '../host/isolation.ts';
import type { BusState } from '../model/bus-state.ts';
import { describeWork } from '../model/describe-work.ts';
import { sleep } from '../model/wait.ts';
import { INLINE_BUDGET, WorkGroup } from '../model/work-group.ts';
import { reportHook, reportLate } from '../report/report.ts';
import type { CallScope, Entry } from '../scope/scope.ts';
import { snapshot } from '../scope/storage.ts';
import type { StartFlush } from '../types/defer.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';

const DONE = Promise.resolve();

/**
 * Lets the strategy of a scope pick the moment of a flush. Returns a promise if the caller must wait: because the
 * strategy says so, or because too many events are pending.
 */
export function deferFlush(scope: CallScope, entries: readonly Entry[]): Promise<void> | undefined {
  const { bus } = scope;
  // Isolated requests are never held back: the events of one that is cut off would count as pending for ever.
  const isCrowded = !requestsAreIsolated && bus.pending >= bus.settings.limits.pending;
  if (scope.group.isOver(bus)) for (const { event } of entries) reportLate(bus, event);
  const deferred = new DeferredFlush(scope, entries);
  const waits = deferred.askStrategy();
  if (isCrowded && entries.length > 0) {
    const done = deferred.begin({ budget: INLINE_BUDGET });
    reportCrowd(bus);
    return waitInCrowd(bus, done, waits);
  }
  deferred.keep();
  return waits;
}

/** Buses that have reported their crowd, and have not been idle since; true if they could name what runs. */
const reported = new WeakMap<BusState, boolean>();

/** Reports a crowd once; once more if nothing ran at the first report, and something does now. */
function reportCrowd(bus: BusState): void {
  const isNamed = reported.get(bus);
  if (isNamed === true) return;
  const work = describeWork(bus);
  if (isNamed === false && work === '') return;
  reported.set(bus, work !== '');
  if (isNamed === undefined) forgetWhenIdle(bus);
  const { pending } = bus.settings.limits;
  const running = work || 'nothing yet, since all are deferred';
  const message = `limits.pending, ${pending}, is reached: until fewer events are deferred, wait or run, a call that dispatches waits for its own events, up to ${INLINE_BUDGET / 1000} s. Give a listener that may hang a timeout. There runs: ${running}.`;
  bus.report({ error: new EventsError('LIMIT_EXCEEDED', message) });
}

function forgetWhenIdle(bus: BusState): void {
  const check = () => {
    if (bus.pending > 0) return;
    bus.idleWaiters.delete(check);
    reported.delete(bus);
  };
  bus.idleWaiters.add(check);
}

/** Waits for the events of a call up to 10 s; longer, if its strategy makes the caller wait anyway. */
async function waitInCrowd(
  bus: BusState,
  done: Promise<void>,
  strategyWaits: Promise<void> | undefined,
): Promise<void> {
  const limit = sleep(INLINE_BUDGET);
  const isOver = await Promise.race([done.then(() => false), limit.over]);
  limit.cancel();
  if (isOver) reportCrowd(bus);
  await strategyWaits;
}

/** A flush that waits for the moment that a defer strategy picks. */
class DeferredFlush {
  before: DeferredFlush | undefined = undefined;
  after: DeferredFlush | undefined = undefined;
  readonly #scope: CallScope;
  readonly #group: WorkGroup;
  readonly #flush: Flush;
  #isBegun = false;
  /** The promise that `begin` returned. */
  #finished: Promise<void> | undefined = undefined;
  /** Set once the flush waits: it runs with the application's AsyncLocalStorages as they were at the deferral. */
  #runAsNow: ReturnType<typeof snapshot> | undefined = undefined;

  constructor(scope: CallScope, entries: readonly Entry[]) {
    this.#scope = scope;
    this.#group = new WorkGroup(scope.group);
    const origin = scope.streaming ? 'stream' : scope.kind;
    this.#flush = new Flush(scope.bus, entries, { group: this.#group, origin, scope });
  }

  /** Begins the flush, the first time. Resolves when the flush, and everything that it leads to, is done. */
  readonly begin: StartFlush = (options) => {
    // Set first: a listener of this flush may call `begin` again.
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
    const { root, group } = this.#scope;
    this.#group.deadline = performance.now() + budget;
    // Whoever waits for the call waits for its late events too, so the same deadline applies to them.
    if (root.call !== undefined) group.deadline = this.#group.deadline;
  }

  /** Calls the strategy. Returns a promise if the caller must wait for it. */
  askStrategy(): Promise<void> | undefined {
    try {
      const started = this.#scope.defer.start(this.begin, this.#scope);
      // The strategy returned the promise of `begin`. If that work is done, the caller need not wait a turn for it.
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

  /** Keeps a flush that has not begun where a drain finds it. */
  keep(): void {
    if (this.#isBegun) return;
    const { bus } = this.#scope;
    this.#runAsNow = snapshot();
    bus.deferred.add(this);
    bus.notifyIdleWaiters();
  }
}
