import type { RetryOptions } from '../types/delivery.ts';
import type { ListenerOptions } from '../types/router.ts';
import { EventsError } from '../words/errors.ts';
import { isObject } from '../words/guards.ts';
import { aCount, readOptions, milliseconds, type Rules } from '../words/options.ts';

/** `RetryOptions` with their defaults. */
export type Retry = { readonly [K in keyof RetryOptions]-?: NonNullable<RetryOptions[K]> };

/** The `retry`, `timeout` and `concurrency` of a listener, checked, with their defaults. */
export interface RetryPolicy {
  readonly retry: Retry | undefined;
  readonly timeout: number | undefined;
  readonly concurrency: number | undefined;
}

const positiveMilliseconds = {
  ok: (v: unknown) => milliseconds.ok(v) && (v as number) > 0,
  words: 'a number of milliseconds, above 0 and up to 2147483647',
};
const between = (min: number, max: number, words: string) => ({
  ok: (v: unknown) => typeof v === 'number' && v >= min && v <= max,
  words,
});
const RETRY: Rules = {
  attempts: aCount,
  minDelay: milliseconds,
  maxDelay: milliseconds,
  factor: between(1, Number.MAX_VALUE, 'a number of 1 or more'),
  jitter: between(0, 1, 'a number from 0 to 1'),
};
/** The rules for the options that `readRetryPolicy` reads. */
export const RETRY_POLICY: Rules = {
  retry: { ok: isObject, words: 'an object such as { attempts: 5 }' },
  timeout: positiveMilliseconds,
  concurrency: aCount,
};

/**
 * Reads the retry options of a listener. Returns `undefined` if it has none, so that its events cost no retried run.
 *
 * @throws EventsError `BAD_OPTION`
 */
export function readRetryPolicy(
  where: string,
  { name, retry, timeout, concurrency }: ListenerOptions,
): RetryPolicy | undefined {
  if (retry === undefined && timeout === undefined && concurrency === undefined) return undefined;
  return {
    retry: retry === undefined ? undefined : readRetry(where, retry, name),
    timeout,
    concurrency,
  };
}

function readRetry(where: string, retry: RetryOptions, name: string | undefined): Retry | undefined {
  const {
    attempts,
    minDelay = 1000,
    maxDelay = Math.max(60_000, minDelay),
    factor = 2,
    jitter = 0.5,
  } = readOptions(`${where}, retry`, retry, RETRY);
  if (attempts === undefined)
    throw new EventsError(
      'BAD_OPTION',
      `${where}, retry needs attempts, the first included: such as { attempts: 5 }.`,
    );
  if (minDelay > maxDelay)
    throw new EventsError(
      'BAD_OPTION',
      `${where}, retry: minDelay is ${minDelay} ms, and more than maxDelay, ${maxDelay} ms.`,
    );
  if (attempts === 1) return undefined;
  if (name === undefined)
    throw new EventsError(
      'BAD_OPTION',
      `${where} has retry, so it needs a name: reports, dead letters and queues use it to identify the listener. Add \`name: '…'\`.`,
    );
  return { attempts, minDelay, maxDelay, factor, jitter };
}

/** Returns how long to wait after the given attempt, in ms. */
export function backOff({ minDelay, maxDelay, factor, jitter }: Retry, attempt: number): number {
  // Infinity times a `minDelay` of 0 would be NaN.
  const growth = Math.min(factor ** (attempt - 1), Number.MAX_VALUE);
  const delay = Math.min(maxDelay, minDelay * growth);
  return Math.round(delay * (1 - jitter * Math.random()));
}
