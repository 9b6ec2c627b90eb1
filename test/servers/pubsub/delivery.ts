import { sizeOf } from './checks.ts';
import type { PubsubError } from './errors.ts';
import type { ReceivedMessage, WireMessage } from './types.ts';

/** A stream or a pull that takes messages of a subscription. */
export interface Receiver {
  readonly id: number;
  /** The ack deadline of the messages that it takes, in seconds. */
  readonly ackDeadline: number;
  /** The messages that it has taken and whose lease is not over. */
  readonly held: Set<Delivery>;
  /** The number of messages that it may take at once. `Infinity` for all. */
  readonly room: number;
  /** The number of bytes that it may take. A single message may be larger. */
  readonly roomInBytes: number;
  give(messages: readonly ReceivedMessage[]): void;
  /** Ends the receiver, because the subscription is gone. */
  end(error: PubsubError): void;
}

interface Lease {
  readonly ackId: string;
  readonly receiver: Receiver;
  timer: NodeJS.Timeout;
}

/** One message on its way through one subscription. */
export class Delivery {
  readonly message: WireMessage;
  /** The place in the order of publishing. */
  readonly sequence: number;
  readonly bytes: number;
  /** The number of its nacks and expirations. */
  failures = 0;
  /** The earliest time at which it may go out, in ms since 1970. */
  notBefore = 0;
  lease: Lease | undefined;
  isAcked = false;

  constructor(message: WireMessage, sequence: number) {
    this.message = message;
    this.sequence = sequence;
    this.bytes = sizeOf(message);
  }

  endLease(): void {
    clearTimeout(this.lease?.timer);
    this.lease?.receiver.held.delete(this);
    this.lease = undefined;
  }
}

/**
 * The messages of each ordering key that have gone out, in order, until those before them are acknowledged too. When a
 * message comes again, all later ones of its key come again, even those that were acknowledged.
 */
export class Lines {
  readonly #lines = new Map<string, Delivery[]>();

  add(delivery: Delivery): void {
    const { orderingKey } = delivery.message;
    const line = this.#lines.get(orderingKey);
    if (line === undefined) this.#lines.set(orderingKey, [delivery]);
    else line.push(delivery);
  }

  /** Returns the receiver that has messages of a key. Only this receiver may take the next ones. */
  holderOf(key: string): Receiver | undefined {
    return this.#lines.get(key)?.find(({ lease }) => lease !== undefined)?.lease?.receiver;
  }

  isFirst(delivery: Delivery): boolean {
    return this.#lines.get(delivery.message.orderingKey)?.[0] === delivery;
  }

  /** Removes those that are acknowledged, up to the first that is not, and returns them. */
  prune(key: string): readonly Delivery[] {
    const line = this.#lines.get(key) ?? [];
    const end = line.findIndex(({ isAcked }) => !isAcked);
    if (end !== -1) return line.splice(0, end);
    this.#lines.delete(key);
    return line;
  }

  /** Removes a delivery and all later ones of its key, and returns them. */
  cutFrom(delivery: Delivery): readonly Delivery[] {
    const { orderingKey } = delivery.message;
    const line = this.#lines.get(orderingKey) ?? [];
    const later = line.splice(line.indexOf(delivery));
    if (line.length === 0) this.#lines.delete(orderingKey);
    return later;
  }

  clear(): void {
    this.#lines.clear();
  }
}
