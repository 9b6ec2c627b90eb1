import type { Attempt } from './attempt.ts';
import type { Bagged } from './bag.ts';
import type { Flush } from './flush.ts';
import type { Job } from './invoke.ts';
import type { Entry } from '../scope/scope.ts';
import type { Target } from '../router/target.ts';

/** One target that is busy in one flush: it takes what waits for it one by one. */
export class Lane implements Bagged {
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
    const event = 'event' in this.#job ? this.#job.event : this.#job[0]!.event;
    const waiting = (this.#queue?.length ?? 0) - this.#taken;
    return `${this.target.name} on ${event.name} ${event.id}${waiting > 0 ? ` (${waiting} more wait for it)` : ''}`;
  }

  readonly #succeeded = (value: unknown): void => {
    this.#flush.succeeded(this.#attempt, this.#job, value);
    this.#goOn();
  };

  readonly #failed = (error: unknown): void => {
    this.#flush.failed(this.#attempt, this.#job, error);
    this.#goOn();
  };

  #goOn(): void {
    for (let entry = this.#queue?.[this.#taken]; entry !== undefined; entry = this.#queue?.[this.#taken]) {
      this.#taken++;
      if (this.#flush.start(entry, this.target, this)) return;
    }
    this.#flush.closeLane(this);
  }
}
