import type { PubsubDelivery } from '../client/types.ts';

/** How long a message that is left may be away, in ms: the longest deadline that the client sets, and a little more. */
export const AWAY = 70_000;

/** The messages that were left, so that they come again when their deadline is over. */
export class LeftMessages {
  /** When each has come again for certain, on the clock of `performance`, in the order in which they were left. */
  readonly #until = new Map<PubsubDelivery, number>();

  add(delivery: PubsubDelivery): void {
    const now = performance.now();
    for (const [oldest, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(oldest);
    }
    this.#until.set(delivery, now + AWAY);
  }

  has(delivery: PubsubDelivery): boolean {
    return this.#until.has(delivery);
  }

  /** Gives all of them back. */
  giveBack(): void {
    for (const delivery of this.#until.keys()) delivery.nack();
    this.#until.clear();
  }
}
