import { Buffer } from 'node:buffer';
import type { EventsError } from '../../core/words/errors.ts';
import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { ReceivedMessage } from '../../queue/types.ts';
import { ACK_LINGER } from '../client/subscription.ts';
import type { PubsubDelivery } from '../client/types.ts';
import type { Feed } from './feed.ts';
import { HeldClaim } from './held-claim.ts';

/** A message that was received, until it is answered. */
export class HeldMessage {
  readonly id: string;
  /**
   * The line in which the message waits. Messages of a line are handled one after the other. A key has its own line in each
   * lane, because another stream may bring old messages, and nothing in a message shows it.
   */
  readonly line: string;
  /** True if the line belongs to an ordering key, and not only to this message. */
  readonly isKeyed: boolean;
  readonly delivery: PubsubDelivery;
  /** When the message came, on the clock of `performance`. */
  readonly came = performance.now();
  readonly #claim = new HeldClaim();
  readonly #controller = new AbortController();
  /** True once another consumer may have it. */
  isLost = false;
  /** True once it was given back while its listeners ran. Their outcome no longer counts. */
  isGivenUp = false;

  constructor(delivery: PubsubDelivery, { isOrdered, lane }: Pick<Feed, 'isOrdered' | 'lane'>) {
    this.delivery = delivery;
    this.id = delivery.id;
    const { orderingKey } = delivery;
    this.isKeyed = isOrdered && orderingKey !== undefined && orderingKey !== '';
    this.line = this.isKeyed ? `lane ${lane}, key ${orderingKey}` : `message ${this.id}`;
  }

  /** The message as a receiver takes it. */
  get received(): ReceivedMessage {
    const { data, attributes, publishTime, deliveryAttempt } = this.delivery;
    return {
      text: Buffer.from(data).toString(),
      id: this.id,
      attempt: deliveryAttempt === undefined || deliveryAttempt < 1 ? undefined : deliveryAttempt,
      time: publishTime === undefined ? undefined : new Date(publishTime.getTime()),
      attributes,
      signal: this.#controller.signal,
      lease: this.#claim,
    };
  }

  /** Aborts the signal of its listeners. */
  abort(reason: EventsError): void {
    this.#controller.abort(reason);
  }

  /** Stops extending the claim on the message. */
  endClaim(): void {
    this.#claim.end();
  }

  /**
   * Acknowledges the message. Resolves when the ack is sent or, with exactly-once delivery, answered: to what went wrong, or
   * to `undefined`.
   */
  async acknowledge(): Promise<string | undefined> {
    const sent = new Promise((resolve) => setTimeout(resolve, ACK_LINGER + 1));
    try {
      const [answer] = await Promise.all([this.delivery.ackWithResponse(), sent]);
      return answer === 'SUCCESS' ? undefined : String(answer);
    } catch (error) {
      return reasonOf(error);
    }
  }

  nack(): void {
    this.delivery.nack();
  }

  /** Lets the message come again when its deadline is over. The client no longer extends it, and soon forgets it. */
  leave(): void {
    this.delivery.received = 0;
  }
}

/** Says why an ack failed. If one ack of a batch fails, the client refuses all, with another code for the others. */
function reasonOf(error: unknown): string {
  const code = isObject(error) ? error['errorCode'] : undefined;
  if (code === 'INVALID') return `its deadline was over (${causeOf(error)})`;
  return code === 'OTHER' ? `nobody knows whether Pub/Sub has the ack (${causeOf(error)})` : causeOf(error);
}
