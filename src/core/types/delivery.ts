import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';
import type { AnyEvent } from './event.ts';

/**
 * How often a listener is retried, and when. Each wait is `factor` times as long as the one before, from `minDelay` up
 * to `maxDelay`, minus a random part.
 */
export interface RetryOptions {
  /** The number of attempts, the first one included: a positive integer. */
  attempts: number;
  /** The wait after the first attempt, in ms. Default: 1,000. */
  minDelay?: number | undefined;
  /** The longest wait, in ms. Default: 60,000, or `minDelay` if that is longer. */
  maxDelay?: number | undefined;
  /** How many times longer each wait is than the one before: 1 or more. Default: 2. */
  factor?: number | undefined;
  /** The random part of each wait, from 0 to 1, so that joint failures aren't retried together. Default: 0.5. */
  jitter?: number | undefined;
}

/**
 * Why a listener is not retried: all its attempts failed; it threw `noRetry(error)`; the next wait doesn't fit into the
 * `budget` of the defer strategy; the `signal` of `bus.deliver` was aborted; `bus.close` ran out of time; the listener
 * was removed.
 */
export type DeadLetterReason = 'attempts' | 'not-retriable' | 'budget' | 'aborted' | 'closed' | 'removed';

/** An event that a listener could not handle: the argument of the bus's `deadLetter`. */
export interface DeadLetter<T extends AnyApp = AnyApp> {
  /** The event that was not handled. */
  readonly event: T['event'][T['name']];
  /** The listener's name: `bus.deliver(event, { listener })` repeats the delivery. */
  readonly listener: string;
  /** Why there is no further attempt. */
  readonly reason: DeadLetterReason;
  /** The number of attempts that were made; 0 if the delivery was closed or aborted before the first. */
  readonly attempts: number;
  /** The error of the last attempt; its `cause` is the value that was thrown. */
  readonly error: EventsError;
}

/** A listener or handler that failed. */
export interface DeliveryFailure {
  /** The event that was not handled. */
  readonly event: AnyEvent;
  /** The name; `undefined` if no handler takes the event and `unhandled` is `'error'`, or if its chain is too deep. */
  readonly listener: string | undefined;
  /** The error; its `cause` is the value that was thrown. */
  readonly error: EventsError;
  /**
   * The listener of the delivered or published event that this goes back to: the listener itself, or the one that
   * began its chain. Repeat a delivery for it by `bus.deliver(envelope, { listener: via })`.
   */
  readonly via: string | undefined;
}
/** The result of `publish` or `deliver`. The failures of `deliver` include those of everything that was chained. */
export interface Delivery<TEvent = AnyEvent> {
  /** The event as the listeners got it. */
  readonly event: TEvent;
  /** The listeners and handlers that failed. Empty if everything succeeded. */
  readonly failures: readonly DeliveryFailure[];
}

/** The queue that a message came from. */
export interface MessageOrigin {
  /** The kind of broker, as OpenTelemetry names it: `'aws.sqs'`, `'gcp.pubsub'`, `'nats'`. */
  readonly system: string;
  /** The name of the queue, the topic or the subscription. */
  readonly destination: string;
  /** The broker's id of the message. */
  readonly messageId?: string | undefined;
}

/** The options of `bus.deliver`. */
export interface DeliverOptions {
  /** Aborts the `signal` of the listeners. Default: none. */
  signal?: AbortSignal | undefined;
  /** How often the queue has delivered this message so far. Only observers see it. Default: 1. */
  attempt?: number | undefined;
  /** The only listeners or forwarders that get the event, to repeat a failed delivery. Default: all listeners. */
  listener?: string | readonly string[] | undefined;
  /** The queue that the message came from. Only observers see it. Default: none. */
  from?: MessageOrigin | undefined;
  /**
   * How long listeners may be retried, in ms, as in `inline`. Give, for example, the time for which the queue hides the
   * message from others. Default: no limit.
   */
  budget?: number | undefined;
}

/** A listener or handler that a delivery would reach. */
export interface ReachedListener {
  readonly name: string;
  /** True if the application gave the name. A derived name may change when the application does. */
  readonly isNamed: boolean;
}

/** A consumer that delivers messages to a bus. */
export interface EventSource {
  /** Names the source in `DRAIN_TIMEOUT`. */
  readonly name: string;
  /**
   * Called once, by `bus.close()`, while the bus still accepts deliveries: take no further message, and resolve when the
   * messages that were taken are done. `timeout` is that of `bus.close`, in ms: past it, nobody waits any longer.
   */
  stop(options: { readonly timeout: number | undefined }): unknown;
}
