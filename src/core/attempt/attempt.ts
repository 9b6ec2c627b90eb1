import type { BusState } from '../model/bus-state.ts';
import { NO_CTX, type Cause, type Item } from '../model/item.ts';
import { newInfoId } from '../model/info-id.ts';
import type { Target } from '../model/target.ts';
import type { WorkGroup } from '../model/work-group.ts';
import type { Entry, Frame, Scope } from '../scope/scope.ts';
import type { DeliveryFailure } from '../types/delivery.ts';
import type { AnyEvent } from '../types/event.ts';
import type { AttemptInfo, Outcome } from '../types/observer.ts';
import { AttemptSignal } from './attempt-signal.ts';

/** The events of one attempt: a single one, or several for `handleMany`. */
export type Job = Item | readonly Item[];

export function isBatch(job: Job): job is readonly Item[] {
  return Array.isArray(job);
}

/** The part of a flush that its attempts use. */
export interface AttemptFlush {
  readonly bus: BusState;
  readonly group: WorkGroup;
  /** True if the events came from a queue: forwarders don't get them. */
  readonly fromQueue: boolean;
  readonly signal: AbortSignal | undefined;
  /** Frames of other buses that were current when the pass began: attempts keep them. */
  readonly otherFrames: Frame | undefined;
  addFailure(failure: DeliveryFailure): void;
  /** Keeps the flush from being done until a promise, which never rejects, has resolved. */
  waitFor(promise: Promise<void>): void;
}

/** An attempt is one run of one listener, and the scope of the events that the listener dispatches. */
export class Attempt implements Scope, Cause {
  readonly bus: BusState;
  readonly group: WorkGroup;
  /** The frame, if scopes of other buses run here too. Cleared when the scope settles. */
  link: Frame | undefined;
  ctx: unknown;
  outcome: Scope['outcome'] = 'open';
  entries: Entry[] | undefined = undefined;
  nextSequence = 0;
  readonly event: AnyEvent | undefined;
  /** All events of a call of `handleMany`. */
  readonly batch: readonly AnyEvent[] | undefined;
  readonly depth: number;
  readonly #target: Target;
  readonly cause: Cause | undefined;
  readonly usesDerivedIds: boolean;
  dispatched = 0;
  /** The signal of the delivery, until the attempt's own is created. */
  #signal: AbortSignal | AttemptSignal | undefined;
  // These members are on the prototype, because most attempts share them, and each field would cost every attempt.
  declare readonly parent: undefined;
  declare readonly rest: undefined;
  declare readonly call: undefined;
  declare readonly isAttempt: true;
  declare readonly number: number;
  /** The maximum number of attempts. */
  declare readonly attempts: number;
  declare readonly hasSlot: boolean;
  declare readonly discardsAll: boolean;
  /** The `info`, once an observer has asked for it. */
  declare private observedInfo: AttemptInfo | undefined;
  /** Tells the observers that wrap the attempt how it ended. Set only if there are any. */
  declare tellOutcome: ((outcome: Outcome) => void) | undefined;
  /** Rejects when the listener's `timeout` is over. */
  declare readonly timedOut: Promise<never> | undefined;
  static {
    Object.assign(this.prototype, {
      isAttempt: true,
      number: 1,
      attempts: 1,
      hasSlot: false,
      discardsAll: false,
    });
  }

  constructor(flush: AttemptFlush, job: Job, target: Target) {
    const item = isBatch(job) ? undefined : job;
    const batch = isBatch(job) ? job.map(({ event }) => event) : undefined;
    const { otherFrames } = flush;
    this.bus = flush.bus;
    this.group = flush.group;
    this.link = otherFrames === undefined ? undefined : { scope: this, rest: otherFrames };
    this.ctx = item === undefined ? NO_CTX : item.ctx;
    this.event = item?.event;
    this.batch = batch;
    this.depth = item?.event.depth ?? batch!.reduce((most, { depth }) => Math.max(most, depth), 0);
    this.#target = target;
    this.cause = item?.cause;
    this.usesDerivedIds = flush.fromQueue || item?.cause?.usesDerivedIds === true;
    this.#signal = flush.signal;
  }

  get listener(): string {
    return this.#target.name;
  }

  get kind(): Target['kind'] {
    return this.#target.kind;
  }

  get root(): this {
    return this;
  }

  get attempt(): this {
    return this;
  }

  get scope(): this {
    return this;
  }

  get frame(): Frame {
    return this.link ?? this;
  }

  get signal(): AbortSignal {
    return this.#ownSignal.signal;
  }

  abort(reason: unknown): void {
    this.#ownSignal.abort(reason);
  }

  /** The attempt's own signal, created on first use, because most listeners never read it. */
  get #ownSignal(): AttemptSignal {
    if (this.#signal instanceof AttemptSignal) return this.#signal;
    const own = new AttemptSignal(this.#signal);
    if (this.outcome !== 'open') own.letGo();
    return (this.#signal = own);
  }

  /** Drops what only a running attempt needs. */
  end(): void {
    this.ctx = undefined;
    this.link = undefined;
    // The check for `undefined` comes first, because few listeners have a signal, and `instanceof` is several times slower.
    if (this.#signal !== undefined && this.#signal instanceof AttemptSignal) this.#signal.letGo();
  }

  /** The attempt as observers see it: the same object each time. */
  get info(): AttemptInfo {
    return (this.observedInfo ??= this.#makeInfo());
  }

  #makeInfo(): AttemptInfo {
    const events = this.batch ?? [this.event!];
    return Object.freeze({
      id: newInfoId(),
      listener: this.listener,
      kind: this.kind,
      event: events[0]!,
      events,
      attempt: this.number,
      attempts: this.attempts,
    });
  }
}

/** Says which listener handles which event. */
export function describeJob(listener: string, job: Job): string {
  const { name, id } = isBatch(job) ? job[0]!.event : job.event;
  return `${listener} on ${name} ${id}`;
}
