import type { PubsubDelivery } from '../client/types.ts';

/** How long a message that is left may be away, in ms: the longest deadline that the client sets, and a little more. */
export const AWAY = 70_000;

/**
 * The messages that were left, so that they come again when their deadline is over. When a new copy of one has come, or when
 * another consumer may have it, the old copy is not given back: that could count for the new one.
 */
export class LeftMessages {
  /** When each has come again for certain, on the clock of `performance`, in the order in which they were left. */
  readonly #until = new Map<PubsubDelivery, number>();
  /** The last copy of each message, by the message's id. */
  readonly #last = new Map<string, PubsubDelivery>();

  /** Adds a message that only this process has. */
  add(delivery: PubsubDelivery): void {
    this.addLost(delivery);
    this.#last.set(delivery.id, delivery);
  }

  /** Adds an old copy of a message that another consumer may have, or that has come again. */
  addLost(delivery: PubsubDelivery): void {
    const now = performance.now();
    for (const [oldest, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(oldest);
      if (this.#last.get(oldest.id) === oldest) this.#last.delete(oldest.id);
    }
    this.#until.set(delivery, now + AWAY);
  }

  has(delivery: PubsubDelivery): boolean {
    return this.#until.has(delivery);
  }

  /** Forgets the last copy of a message, because a new one has come. */
  came({ id }: PubsubDelivery): void {
    this.#last.delete(id);
  }

  /** Gives back the messages that nobody else can have. */
  giveBack(): void {
    for (const delivery of this.#last.values()) delivery.nack();
    this.#last.clear();
  }
}
