import type { PolicedDelivery } from '../retry/retried-run.ts';
import { Lane } from './lane.ts';

/** The lane of a target with a policy: it waits for all attempts of an event, and what is between them. */
export class PolicedLane extends Lane {
  #delivery!: PolicedDelivery;

  waitFor(delivery: PolicedDelivery): void {
    this.#delivery = delivery;
    void this.#run();
  }

  protected override doing(): string {
    return this.#delivery.describe();
  }

  async #run(): Promise<void> {
    await this.#delivery.run();
    this.goOn();
  }
}
