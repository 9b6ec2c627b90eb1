import type { Attempt } from './attempt.ts';
import type { Bagged } from './bag.ts';
import type { Flush } from './flush.ts';
import type { Job } from './invoke.ts';
import type { Entry } from '../scope/scope.ts';
import type { Target } from '../router/target.ts';

/** What a bus waits for, and can name. */
export interface Busy extends Bagged {
  describe(): string;
}

/** One target that is busy in one flush: it takes what waits for it one by one. */
export class Lane implements Busy {
  place = -1;
  readonly #flush: Flush;
  readonly target: Target;
  #queue: Entry[] | undefined = undefined;
  #taken = 0;
  #attempt!: Attempt;
  #job!: Job;

  constructor(flush: Flush, target: Target) {
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
  add(entry: Entry): void {
    if (this.#queue === undefined) this.#queue = [entry];
    else this.#queue.push(entry);
  }

  /** What it does, in words. */
  describe(): string {
    const waiting = (this.#queue?.length ?? 0) - this.#taken;
    return waiting > 0 ? `${this.doing()} (${waiting} more wait for it)` : this.doing();
  }

  protected doing(): string {
    return describeJob(this.target, this.#job);
  }

  readonly #succeeded = (value: unknown): void => {
    this.#flush.succeeded(this.#attempt, this.#job, value);
    this.goOn();
  };

  readonly #failed = (error: unknown): void => {
    this.#flush.failed(this.#attempt, this.#job, error);
    this.goOn();
  };

  protected goOn(): void {
    for (let entry = this.#queue?.[this.#taken]; entry !== undefined; entry = this.#queue?.[this.#taken]) {
      this.#taken++;
      if (this.#flush.start(entry, this.target, this)) return;
    }
    this.#flush.closeLane(this);
  }
}

export function describeJob(target: Target, job: Job): string {
  const { name, id } = 'event' in job ? job.event : job[0]!.event;
  return `${target.name} on ${name} ${id}`;
}
