import { type Attempt, describeJob, type Job } from '../attempt/attempt.ts';
import type { InFlight } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';

/** The part of a flush that its lanes use. */
export interface LaneOwner {
  /** Starts the listener. Returns true if it is still running; then `lane` is told when it ends. */
  start(item: Item, target: Target, lane: Lane): boolean;
  succeeded(attempt: Attempt, job: Job, returned: unknown): void;
  failed(attempt: Attempt, job: Job, cause: unknown): void;
  closeLane(lane: Lane): void;
}

/** One target that is busy in one flush: it takes what waits for it one by one. */
export class Lane implements InFlight {
  index = -1;
  readonly #flush: LaneOwner;
  readonly target: Target;
  #queue: Item[] | undefined = undefined;
  #taken = 0;
  #attempt!: Attempt;
  #job!: Job;

  constructor(flush: LaneOwner, target: Target) {
    this.#flush = flush;
    this.target = target;
  }

  wait(returned: PromiseLike<unknown>, attempt: Attempt, job: Job): void {
    this.#attempt = attempt;
    this.#job = job;
    // A native promise stays itself; whatever else there is calls back once then, and later.
    Promise.resolve(returned).then(this.#succeeded, this.#failed);
  }

  /** What the target gets when it has done what came before. */
  add(entry: Item): void {
    if (this.#queue === undefined) this.#queue = [entry];
    else this.#queue.push(entry);
  }

  /** What it does, in words. */
  describe(): string {
    const waiting = (this.#queue?.length ?? 0) - this.#taken;
    return waiting > 0 ? `${this.doing()} (${waiting} more wait for it)` : this.doing();
  }

  protected doing(): string {
    return describeJob(this.target.name, this.#job);
  }

  readonly #succeeded = (value: unknown): void => {
    this.#flush.succeeded(this.#attempt, this.#job, value);
    this.startNext();
  };

  readonly #failed = (error: unknown): void => {
    this.#flush.failed(this.#attempt, this.#job, error);
    this.startNext();
  };

  protected startNext(): void {
    for (let entry = this.#queue?.[this.#taken]; entry !== undefined; entry = this.#queue?.[this.#taken]) {
      this.#taken++;
      if (this.#flush.start(entry, this.target, this)) return;
    }
    this.#flush.closeLane(this);
  }
}
