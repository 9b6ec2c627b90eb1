import type { EventsError } from '../words/errors.ts';
import type { AnyApp } from './app.ts';

/**
 * How often a listener is tried again, and when: each wait is `factor` times as long as the one before, from `minDelay`
 * up to `maxDelay`, less a random part of it.
 */
export interface RetryOptions {
  /** All attempts, the first included: a positive integer. */
  attempts: number;
  /** The wait after the first attempt, in ms. Default: 1,000. */
  minDelay?: number | undefined;
  /** The longest wait, in ms. Default: 60,000, or `minDelay` where that is longer. */
  maxDelay?: number | undefined;
  /** 1 or more. Default: 2. */
  factor?: number | undefined;
  /** The part of each wait that is random, from 0 to 1, so that what failed together is not tried together. Default: 0.5. */
  jitter?: number | undefined;
}

/**
 * Why a listener is not tried again: it had all its attempts; it threw `noRetry(error)`; the next wait does not fit
 * into the `budget` of the defer strategy; the `signal` of `bus.deliver` was aborted; `bus.close` had no more time; the
 * listener was taken off.
 */
export type DeadLetterReason = 'attempts' | 'not-retriable' | 'budget' | 'aborted' | 'closed' | 'removed';

/** An event that a listener could not handle: what the bus's `deadLetter` gets. */
export interface DeadLetter<T extends AnyApp = AnyApp> {
  readonly event: T['event'][T['name']];
  /** Its name: `bus.deliver(event, { listener })` repeats the delivery. */
  readonly listener: string;
  readonly reason: DeadLetterReason;
  /** How many there were; 0 where it was closed or aborted before the first. */
  readonly attempts: number;
  /** That of the last attempt; its `cause` is what was thrown. */
  readonly error: EventsError;
}
