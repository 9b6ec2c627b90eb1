import { describeJob, type Attempt, type AttemptFlush, type Job } from '../attempt/attempt.ts';
import { endFailed, endSucceeded, record } from '../attempt/settle.ts';
import type { InFlight } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { RetriedRun } from '../retry/retried-run.ts';
import type { EventsError } from '../words/errors.ts';

/** The part of a flush that its lanes use. */
export interface LaneFlush extends AttemptFlush {
  /** Starts the listener. Returns true if it is still running; then `lane` is told when it ends. */
  start(item: Item, target: Target, lane: Lane): boolean;
  closeLane(lane: Lane): void;
}

/** The native `then`: it ignores one that somebody put on a native promise, as `await` does. */
const THEN = Promise.prototype.then;

/** A target that is busy in one flush, and the events that wait for it: it takes them one by one. */
export class Lane implements InFlight {
  index = -1;
  readonly flush: LaneFlush;
  readonly target: Target;
  #queue: Item[] | undefined = undefined;
  /** The number of events that have left the queue. */
  #taken = 0;
  #attempt!: Attempt;
  #job!: Job;

  constructor(flush: LaneFlush, target: Target) {
    this.flush = flush;
    this.target = target;
  }

  /** Waits for a listener that has returned a promise. */
  wait(returned: PromiseLike<unknown>, attempt: Attempt, job: Job): void {
    this.#attempt = attempt;
    this.#job = job;
    try {
      // `resolve` returns a native promise as it is. Any other thenable may call back only once, and not synchronously.
      void THEN.call(Promise.resolve(returned), this.#succeeded, this.#failed);
    } catch (error) {
      // Reading the promise's `constructor` threw, so nothing was attached, and nothing else will end the attempt.
      this.#failed(error);
    }
  }

  add(item: Item): void {
    if (this.#queue === undefined) this.#queue = [item];
    else this.#queue.push(item);
  }

  describe(): string {
    const waiting = (this.#queue?.length ?? 0) - this.#taken;
    return waiting > 0 ? `${this.describeCurrent()} (${waiting} more wait for it)` : this.describeCurrent();
  }

  protected describeCurrent(): string {
    return describeJob(this.target.name, this.#job);
  }

  abort(reason: EventsError): boolean {
    if (this.target.kind === 'listener') return false;
    this.#attempt.abort(reason);
    return true;
  }

  abandon(reason: EventsError): void {
    this.#failed(reason);
  }

  readonly #succeeded = (value: unknown): void => {
    if (this.#attempt.outcome !== 'open') return; // The lane was abandoned.
    try {
      endSucceeded(this.flush, this.#attempt, this.#job, value);
    } finally {
      this.startNext();
    }
  };

  readonly #failed = (error: unknown): void => {
    if (this.#attempt.outcome !== 'open') return;
    try {
      endFailed(this.flush, this.#attempt, this.#job, error);
    } finally {
      this.startNext();
    }
  };

  protected startNext(): void {
    for (let item = this.#queue?.[this.#taken]; item !== undefined; item = this.#queue?.[this.#taken]) {
      this.#taken++;
      if (this.flush.start(item, this.target, this)) return;
    }
    this.flush.closeLane(this);
  }
}

/** The lane of a listener with `retry`, `timeout` or `concurrency`: it waits for all attempts of an event. */
export class RetriedLane extends Lane {
  #run!: RetriedRun;

  async runAttempts(item: Item): Promise<void> {
    this.#run = new RetriedRun(this.flush, item, this.target);
    try {
      await this.#run.run();
    } catch (error) {
      record(this.flush, { listener: this.target.name, kind: 'listener', number: 0 }, item, error);
    } finally {
      this.startNext();
    }
  }

  protected override describeCurrent(): string {
    return this.#run.describe();
  }
}
