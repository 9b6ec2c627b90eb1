import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';

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
  readonly event: T['event'][T['name']];
  /** The listener's name: `bus.deliver(event, { listener })` repeats the delivery. */
  readonly listener: string;
  readonly reason: DeadLetterReason;
  /** The number of attempts that were made; 0 if the delivery was closed or aborted before the first. */
  readonly attempts: number;
  /** The error of the last attempt; its `cause` is the value that was thrown. */
  readonly error: EventsError;
}
