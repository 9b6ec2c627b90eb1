/**
 * A flush hands the events of a settled scope to the targets of their names. This room says who gets which event when.
 *
 * 1. `begin` asks whether the bus is enabled (`enabled.ts`), makes missing contexts, and tells observers.
 * 2. `handOut`, the synchronous part, goes through the events in order. It starts each target that is idle, and puts
 *    the events of a busy one into its lane (`lane.ts`). Flushes of one bus do this one after another (`pass.ts`).
 * 3. A listener that returns a promise keeps its lane open. When the promise has settled, the lane settles the attempt
 *    and starts the listener on its next event. Different targets don't wait for each other.
 * 4. The flush is done when `handOut` has returned, all lanes are closed, and `deadLetter` has taken what failed. Then it
 *    leaves its work group.
 *
 * A listener with `retry`, `timeout` or `concurrency` has a lane that waits for all its attempts (`retry/`).
 *
 * @module
 */
import { Attempt, type Job } from '../attempt/attempt.ts';
import { makeContexts } from '../attempt/create-context.ts';
import { invoke } from '../attempt/invoke.ts';
import { endFailed, endSucceeded } from '../attempt/settle.ts';
import type { BusState } from '../model/bus-state.ts';
import { addToDelivery, viaOf, type Item } from '../model/item.ts';
import { needContext, type Target } from '../model/target.ts';
import type { WorkGroup } from '../model/work-group.ts';
import { reportUnhandled } from '../report/report.ts';
import type { Frame } from '../scope/scope.ts';
import { currentFrame, framesWithout, restoring } from '../scope/storage.ts';
import type { DeliveryFailure } from '../types/delivery.ts';
import type { FlushOrigin, Outcome, ScopeInfo } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import { isEnabled } from './enabled.ts';
import { refuseClosed, travels } from './refuse.ts';
import { Lane, RetriedLane, type LaneFlush } from './lane.ts';

/** The options of a flush. The first two are for `bus.deliver`. */
export interface FlushOptions {
  /** True if the events came from a queue: forwarders don't get them. */
  readonly fromQueue?: boolean;
  /** The only targets that get the event. */
  readonly only?: readonly Target[] | undefined;
  /** The group that waits for the flush. */
  readonly group: WorkGroup;
  readonly origin: FlushOrigin;
  /** The scope that has settled. */
  readonly scope?: { readonly info: ScopeInfo } | undefined;
}

/** Returns the outcome of a flush or a delivery, as observers hear of it. */
export function outcomeOf(failures: readonly DeliveryFailure[]): Outcome {
  const [first] = failures;
  if (first === undefined) return { ok: true };
  const listed = failures.map(({ listener, error, event }) => ({ listener, id: event.id, error }));
  return { ok: false, error: first.error, failures: listed };
}

export class Flush implements LaneFlush {
  readonly bus: BusState;
  readonly items: readonly Item[];
  readonly group: WorkGroup;
  readonly fromQueue: boolean;
  readonly signal: AbortSignal | undefined;
  otherFrames: Frame | undefined = undefined;
  readonly #options: FlushOptions;
  #failures: DeliveryFailure[] | undefined = undefined;
  /** The number of things that the flush waits for: its synchronous part, open lanes, and `deadLetter`. */
  #left = 1;
  #done: Promise<void> | undefined = undefined;
  #resolveDone: (() => void) | undefined = undefined;

  constructor(bus: BusState, items: readonly Item[], options: FlushOptions) {
    this.bus = bus;
    this.items = items;
    this.group = options.group;
    this.fromQueue = options.fromQueue === true;
    this.signal = options.group.root.signal;
    this.#options = options;
    this.group.enter();
    bus.pending += items.length;
  }

  get failures(): readonly DeliveryFailure[] {
    return this.#failures ?? [];
  }

  /** Resolves when all listeners are done. Returns `undefined` if they are. */
  done(): Promise<void> | undefined {
    if (this.#left === 0) return undefined;
    return (this.#done ??= new Promise((resolve) => (this.#resolveDone = resolve)));
  }

  /** Begins the flush, then restores the caller's frame, because the caller goes on afterwards. */
  beginWithin(): void {
    restoring(() => this.begin());
  }

  /** Hands the events out. Must be called once, at the end of a turn: the frame of the last attempt stays set. */
  begin(): void {
    const { bus, items } = this;
    bus.openFlushes++;
    if (items.length === 0) return this.#leave();
    if (!isEnabled(bus)) {
      for (const { event, cause } of items) {
        addToDelivery(cause, event, new EventsError('DISABLED', 'The bus was disabled meanwhile'));
        bus.discard(event, 'disabled');
      }
      return this.#leave();
    }
    const contexts = makeContexts(bus, items, this.#needsContext);
    if (contexts === undefined) this.#pass();
    else void this.#passAfter(contexts);
  }

  readonly #needsContext = ({ event }: Item): boolean => {
    const { only } = this.#options;
    return only === undefined
      ? this.bus.registry.lookUp(event.name, this.fromQueue).needsContext
      : needContext(only);
  };

  async #passAfter(contexts: Promise<unknown>): Promise<void> {
    this.bus.awaitingContext.add(this);
    await contexts;
    this.bus.awaitingContext.delete(this);
    this.#pass();
  }

  #pass(): void {
    const { observed, flusher } = this.bus;
    if (!observed?.wrapsFlushes) return flusher.pass(this);
    const events = this.items.map(({ event }) => event);
    const { origin, scope } = this.#options;
    void observed.wrapFlush({ events, scope: scope?.info, origin }, async () => {
      flusher.pass(this);
      await this.done();
      return outcomeOf(this.failures);
    });
  }

  /** The synchronous part, called by the bus's `Pass`. */
  handOut(): void {
    const { registry, streams } = this.bus;
    const { only } = this.#options;
    let started: Set<Target> | undefined;
    this.otherFrames = framesWithout(currentFrame(), this.bus);
    for (const item of this.items) {
      const { event } = item;
      // A delivery that is repeated for some targets was streamed the first time.
      if (only === undefined) for (const stream of streams) stream.push(event);
      const { targets, isHandled } = registry.lookUp(event.name, this.fromQueue);
      if (!isHandled && only === undefined) {
        const error = reportUnhandled(this.bus, event);
        if (error !== undefined) this.addFailure({ listener: undefined, error, event, via: viaOf(item) });
      }
      for (const target of only ?? targets) {
        if (!target.batch) this.#give(item, target);
        else if (!started?.has(target)) {
          (started ??= new Set()).add(target);
          const batch = this.#batchOf(target);
          if (batch.length > 0) this.start(batch, target);
        }
      }
    }
    this.#leave();
  }

  /** Returns the items of one call of `handleMany`. */
  #batchOf(target: Target): readonly Item[] {
    const { registry } = this.bus;
    const isFor = ({ event }: Item) =>
      this.#options.only !== undefined ||
      registry.lookUp(event.name, this.fromQueue).targets.includes(target);
    return this.items.filter((item) => isFor(item) && travels(this, item, target));
  }

  /** Starts a target, or lets the event wait if the target is busy in this flush. */
  #give(item: Item, target: Target): void {
    if (target.remote && !travels(this, item, target)) return;
    if (target.lane?.flush !== this) this.start(item, target);
    else target.lane.add(item);
  }

  start(job: Job, target: Target, lane?: Lane): boolean {
    if (target.registered.isOff || (this.bus.isAborting && refuseClosed(this, job, target))) return false;
    if (target.retryPolicy !== undefined) return this.#startRetried(job as Item, target, lane);
    const attempt = new Attempt(this, job, target);
    try {
      const returned = invoke(attempt, job, target.invoke);
      if (isThenable(returned)) {
        (lane ?? this.#open(new Lane(this, target))).wait(returned, attempt, job);
        return true;
      }
      endSucceeded(this, attempt, job, returned);
    } catch (error) {
      endFailed(this, attempt, job, error);
    }
    return false;
  }

  /** Starts a retried run. This is separate, so that `start`, which most listeners need, stays small enough to be inlined. */
  #startRetried(item: Item, target: Target, lane: Lane | undefined): boolean {
    const retried = (lane as RetriedLane | undefined) ?? this.#open(new RetriedLane(this, target));
    void retried.runAttempts(item);
    return true;
  }

  #open<L extends Lane>(lane: L): L {
    const { target } = lane;
    // A flush of one event never needs the lane again, and a listener with `concurrency` has a lane for each event.
    if (this.items.length > 1 && target.semaphore === undefined) target.lane = lane;
    this.bus.inFlight.add(lane);
    this.#left++;
    return lane;
  }

  closeLane(lane: Lane): void {
    const { target } = lane;
    if (target.lane === lane) target.lane = undefined;
    this.bus.inFlight.delete(lane);
    this.#leave();
  }

  addFailure(failure: DeliveryFailure): void {
    (this.#failures ??= []).push(failure);
    this.group.root.failures?.push(failure);
  }

  waitFor(promise: Promise<void>): void {
    this.#left++;
    void promise.then(() => this.#leave());
  }

  #leave(): void {
    if (--this.#left > 0) return;
    const { bus } = this;
    bus.pending -= this.items.length;
    bus.openFlushes--;
    this.#resolveDone?.();
    this.group.leave();
    bus.notifyIdleWaiters();
  }
}
