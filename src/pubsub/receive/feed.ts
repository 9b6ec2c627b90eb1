import { isObject } from '../../core/words/guards.ts';
import type { PubsubDelivery, PubsubSubscription } from '../client/types.ts';
import { heldInside, isExactlyOnce, isOrdered } from './client-inside.ts';

/** How long the client needs to close itself after an error, in ms. */
const SETTLE = 20;

/** The events that a feed reports. */
export interface FeedEvents {
  message(delivery: PubsubDelivery, feed: Feed): void;
  /** The client has lost its stream, and opens another by itself. */
  troubled(): void;
  /** The client has closed the feed by itself, because of an error that it does not repeat. */
  ended(): void;
  /** The client holds no message of the feed anymore. */
  closed(): void;
  /** The client gave up acks, and has forgotten their messages. */
  unacknowledged(ids: readonly string[], error: unknown): void;
  /** Messages were given back or extended, but Pub/Sub has not heard of it. */
  kept(ids: readonly string[]): void;
}

/** An error that the client reports only as a debug event. Some belong to a request with these ack ids. */
interface DebugError {
  readonly message?: unknown;
  readonly ackIds?: readonly string[];
}

/** One stream of messages, from when it is opened until the client has closed it. */
export class Feed {
  readonly #subscription: PubsubSubscription;
  readonly #events: FeedEvents;
  readonly #closed: Promise<void>;
  /** How many messages the client may hold. */
  readonly places: number;
  /** The number of the lane: feeds that follow one another share it, and feeds beside one another don't. */
  readonly lane: number;
  /** Why the client has closed the feed by itself. */
  error: unknown;
  hasEnded = false;
  hasBroughtMessages = false;
  #isClosing = false;

  constructor(
    subscription: PubsubSubscription,
    { places, lane }: Pick<Feed, 'places' | 'lane'>,
    events: FeedEvents,
  ) {
    this.#subscription = subscription;
    this.places = places;
    this.lane = lane;
    this.#events = events;
    const on = (event: string, listener: (value: never) => void) =>
      subscription.on(event as never, listener as never);
    this.#closed = new Promise((resolve) => {
      on('close', () => {
        this.#end();
        events.closed();
        resolve();
      });
    });
    on('error', (error: unknown) => this.#failed(error));
    on('debug', (message: { error?: unknown }) => this.#debugged(message.error));
    // This listener comes last, because the client opens its stream when somebody listens for messages.
    on('message', (delivery: PubsubDelivery) => {
      this.hasBroughtMessages = true;
      events.message(delivery, this);
    });
  }

  /** Whether the messages of a key come in order. */
  get isOrdered(): boolean {
    return isOrdered(this.#subscription);
  }

  /** The messages that the client has no answer for; `undefined` if it doesn't say. */
  get held(): ReadonlySet<PubsubDelivery> | undefined {
    return heldInside(this.#subscription);
  }

  /** Stops taking messages. Resolves when all that the client holds was answered, or when the time in `options` is over. */
  async close(options: object): Promise<void> {
    this.#isClosing = true;
    this.#subscription.setOptions(options as never);
    if (this.#subscription.isOpen) await this.#subscription.close();
    else await this.#closed;
  }

  #failed(error: unknown): void {
    this.error = error;
    this.#events.troubled();
    setTimeout(() => !this.#subscription.isOpen && this.#end(), SETTLE);
  }

  #end(): void {
    if (this.hasEnded || this.#isClosing) return;
    this.hasEnded = true;
    this.error ??= new Error('The client has closed the subscription');
    this.#events.ended();
  }

  #debugged(error: unknown): void {
    if (!isObject(error)) return;
    const { ackIds, message } = error as DebugError;
    if (ackIds === undefined) return this.#events.troubled();
    const ids = [...(this.held ?? [])].flatMap(({ ackId, id }) => (ackIds.includes(ackId) ? [id] : []));
    if (!String(message).startsWith('Failed to "ack"')) return this.#events.kept(ids);
    // With exactly-once delivery, `ackWithResponse` tells its caller.
    if (!isExactlyOnce(this.#subscription)) this.#events.unacknowledged(ids.length > 0 ? ids : ackIds, error);
  }
}
