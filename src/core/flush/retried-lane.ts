import type { RetriedRun } from '../retry/retried-run.ts';
import { Lane } from './lane.ts';

/** The lane of a target with a policy: it waits for all attempts of an event, and what is between them. */
export class RetriedLane extends Lane {
  #run!: RetriedRun;

  waitFor(run: RetriedRun): void {
    this.#run = run;
    void this.#runAll();
  }

  protected override doing(): string {
    return this.#run.describe();
  }

  async #runAll(): Promise<void> {
    await this.#run.run();
    this.startNext();
  }
}
