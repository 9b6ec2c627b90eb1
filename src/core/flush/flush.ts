import { Attempt, type Job } from '../attempt/attempt.ts';
import { makeContexts } from '../attempt/create-context.ts';
import { deadLetter } from '../attempt/dead-letter.ts';
import { failureOf } from '../attempt/failure.ts';
import { BAD_ANSWER, failedOf, invoke } from '../attempt/invoke.ts';
import type { BusState } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { WorkGroup } from '../model/work-group.ts';
import { reportUnhandled } from '../report/report.ts';
import type { RetriedAttempt } from '../retry/retried-attempt.ts';
import { RetriedRun, type RetriedFlush } from '../retry/retried-run.ts';
import { takeSettled } from '../scope/judge.ts';
import type { Frame } from '../scope/scope.ts';
import { currentFrame, framesWithout, restoring } from '../scope/storage.ts';
import type { DeliveryFailure } from '../types/bus.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import type { AnyEvent } from '../types/event.ts';
import { isThenable } from '../words/guards.ts';
import { isEnabled } from './enabled.ts';
import { Lane, type LaneOwner } from './lane.ts';
import { RetriedLane } from './retried-lane.ts';

/** How a flush differs from one of a settled scope. */
export interface FlushOptions {
  /** Its events came from a queue: forwarders don't get them. */
  readonly fromQueue?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The one target that gets them. */
  readonly onlyTarget?: string | undefined;
  /** What it is part of. Left out: it begins one. */
  readonly group?: WorkGroup | undefined;
}
const NO_OPTIONS: FlushOptions = {};

/**
 * Gives the events of a settled scope to the targets of their names: each target gets them in their order, the next
 * when the former is done; different targets don't wait for each other.
 */
export class Flush implements LaneOwner, RetriedFlush {
  readonly bus: BusState;
  readonly entries: readonly Item[];
  readonly options: FlushOptions;
  readonly group: WorkGroup;
  /** What else of the AsyncLocalStorage its attempts find: the scopes of other buses. */
  rest: Frame | undefined = undefined;
  /** Of targets that are busy, where more may come for them. */
  #lanes: Map<Target, Lane> | undefined = undefined;
  #failures: DeliveryFailure[] | undefined = undefined;
  /** What it still waits for: its pass, and busy lanes. */
  #left = 1;
  #done: Promise<void> | undefined = undefined;
  #resolveDone: (() => void) | undefined = undefined;

  constructor(bus: BusState, entries: readonly Item[], options: FlushOptions = NO_OPTIONS) {
    this.bus = bus;
    this.entries = entries;
    this.options = options;
    this.group = options.group ?? new WorkGroup(undefined);
    this.group.hold();
    bus.pending += entries.length;
  }

  get failures(): readonly DeliveryFailure[] {
    return this.#failures ?? [];
  }

  /** Resolves when its listeners are done; `undefined` if they are. */
  done(): Promise<void> | undefined {
    if (this.#left === 0) return undefined;
    return (this.#done ??= new Promise((resolve) => (this.#resolveDone = resolve)));
  }

  /** Hands the events out. To be called once. */
  begin(): void {
    const { bus, entries } = this;
    if (entries.length === 0) return this.#leave();
    if (!isEnabled(bus)) {
      for (const entry of entries) bus.discard(entry, 'disabled');
      return this.#leave();
    }
    const contexts = makeContexts(bus, entries);
    if (contexts === undefined) this.#handOut();
    else {
      bus.awaitingContext.add(this);
      void this.#handOutAfter(contexts);
    }
  }

  async #handOutAfter(contexts: Promise<unknown>): Promise<void> {
    await contexts;
    this.bus.awaitingContext.delete(this);
    this.#handOut();
  }

  #handOut(): void {
    const { observed } = this.bus;
    if (observed === undefined) return this.#pass();
    const events = this.entries.map(({ event }) => event);
    void observed.wrapFlush(events, async () => {
      this.#pass();
      await this.done();
      return { ok: true };
    });
  }

  /**
   * The synchronous part. One that begins during another of its bus, chained by a listener that returned at once, comes
   * after it: events that cause events take no stack. It leaves the last attempt as the current scope: whoever has more
   * to do after it calls `restoring`.
   */
  #pass(): void {
    const { bus } = this;
    if (bus.pass !== undefined) return void bus.pass.push(this);
    const pass: { giveAll(): void }[] = [this];
    bus.pass = pass;
    try {
      // It grows while it is read.
      for (const flush of pass) flush.giveAll();
    } finally {
      bus.pass = undefined;
    }
    bus.notifyIdleWaiters();
  }

  /** Starts each idle target; what a busy one must get later waits in its lane. */
  giveAll(): void {
    const { registry, streams } = this.bus;
    const { onlyTarget, fromQueue = false } = this.options;
    let started: Set<Target> | undefined;
    this.rest = framesWithout(currentFrame(), this.bus);
    for (const entry of this.entries) {
      // What is repeated for one listener was streamed before.
      if (onlyTarget === undefined) for (const stream of streams) stream.push(entry.event);
      const { targets, isHandled } = registry.lookUp(entry.event.name, fromQueue);
      if (!isHandled) this.#unhandled(entry.event);
      for (const target of targets) {
        if (onlyTarget !== undefined && onlyTarget !== target.name) continue;
        if (!target.batch) this.#give(entry, target);
        else if (!started?.has(target)) {
          (started ??= new Set()).add(target);
          this.start(this.#all(target), target);
        }
      }
    }
    this.#leave();
  }

  /** What one call of `handleMany` gets. */
  #all(target: Target): readonly Item[] {
    const { registry } = this.bus;
    const { fromQueue = false } = this.options;
    return this.entries.filter(({ event }) =>
      registry.lookUp(event.name, fromQueue).targets.includes(target),
    );
  }

  #give(entry: Item, target: Target): void {
    const lane = this.#lanes?.get(target);
    if (lane === undefined) this.start(entry, target);
    else lane.add(entry);
  }

  /** Starts one attempt, or all that a policy asks for. Whether it goes on after this; then `lane` hears of its end. */
  start(job: Job, target: Target, lane?: Lane): boolean {
    if (target.isOff()) return false;
    if (target.retryPolicy !== undefined) return this.#startRetried(job as Item, target, lane);
    const attempt = new Attempt(this, job, target.name);
    try {
      const returned = invoke(attempt, job, target.invoke);
      if (isThenable(returned)) {
        (lane ?? this.#open(new Lane(this, target))).wait(returned, attempt, job);
        return true;
      }
      this.succeeded(attempt, job, returned);
    } catch (error) {
      this.failed(attempt, job, error);
    }
    return false;
  }

  /** Apart, so that what most listeners need stays small enough to be inlined. */
  #startRetried(entry: Item, target: Target, lane: Lane | undefined): boolean {
    const retried = (lane as RetriedLane | undefined) ?? this.#open(new RetriedLane(this, target));
    retried.waitFor(new RetriedRun(this, entry, target));
    return true;
  }

  #open<L extends Lane>(lane: L): L {
    const { target } = lane;
    // Where its events run at the same time, each has a lane for itself.
    if (this.entries.length > 1 && target.semaphore === undefined)
      (this.#lanes ??= new Map()).set(target, lane);
    this.bus.inFlight.add(lane);
    this.#left++;
    return lane;
  }

  closeLane(lane: Lane): void {
    this.#lanes?.delete(lane.target);
    this.bus.inFlight.delete(lane);
    this.#leave();
  }

  succeeded(attempt: Attempt, job: Job, returned: unknown): void {
    if ('event' in job) return this.#settle(attempt, true);
    const failed = failedOf(job, returned);
    if (failed === undefined) return this.failed(attempt, job, new Error(BAD_ANSWER));
    for (const { entry, error } of failed) this.record(attempt, entry, error);
    this.#settle(attempt, true);
  }

  failed(attempt: Attempt, job: Job, cause: unknown, reason?: DeadLetterReason): void {
    // Whatever `onError` publishes is caused by this attempt, not by one that it has chained.
    restoring(() => this.#settle(attempt, false));
    attempt.endLate();
    if ('event' in job) return this.record(attempt, job, cause, reason);
    for (const entry of job) this.record(attempt, entry, cause, reason);
  }

  /** It has failed, and will be followed by another one: nothing that it dispatched is kept. */
  dropped(attempt: RetriedAttempt): void {
    attempt.discardAll();
    this.#settle(attempt, false);
  }

  /** A listener has failed for good. */
  record(
    { listener, number }: Pick<Attempt, 'listener' | 'number'>,
    { event }: Item,
    thrown: unknown,
    given?: DeadLetterReason,
  ): void {
    const { error, reason } = failureOf(listener, event, thrown, given);
    (this.#failures ??= []).push({ listener, error });
    this.bus.report({ error, event, listener, attempt: number });
    if (this.bus.settings.deadLetter === undefined) return;
    const buried = deadLetter(this.bus, { event, listener, reason, attempts: number, error });
    if (buried !== undefined) void this.#waitFor(buried);
  }

  async #waitFor(buried: Promise<void>): Promise<void> {
    this.#left++;
    await buried;
    this.#leave();
  }

  /** An attempt is a scope: now what it dispatched is flushed, or dropped. */
  #settle(attempt: Attempt, ok: boolean): void {
    attempt.outcome = ok ? 'ok' : 'failed';
    attempt.ctx = undefined;
    attempt.link = undefined;
    if (attempt.entries === undefined) return;
    const kept = takeSettled(attempt);
    if (kept.length > 0) new Flush(this.bus, kept, { group: this.group }).begin();
  }

  #unhandled(event: AnyEvent): void {
    const error = reportUnhandled(this.bus, event);
    if (error !== undefined) (this.#failures ??= []).push({ listener: undefined, error });
  }

  #leave(): void {
    if (--this.#left > 0) return;
    const { bus } = this;
    bus.pending -= this.entries.length;
    this.#resolveDone?.();
    this.group.release();
    bus.notifyIdleWaiters();
  }
}
