import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import type { RetriedAttempt } from './retried-attempt.ts';

/** Calls a listener, and rejects when the time is over, whatever the listener does then. A later result reaches nobody. */
export function withTimeLimit(ms: number, attempt: RetriedAttempt, invoke: (argument: never) => unknown) {
  return function limited(argument: never): unknown {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new EventsError('TIMED_OUT', `It took longer than its timeout, ${ms} ms`);
        // Reject before the abort: a listener that settles when its signal aborts must not win the race.
        reject(error);
        attempt.timeOut(error);
      }, ms);
    });
    attempt.timedOut = timedOut;
    let returned: unknown;
    try {
      returned = invoke(argument);
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
    if (isThenable(returned)) return Promise.race([returned, timedOut]).finally(() => clearTimeout(timer));
    clearTimeout(timer);
    return returned;
  };
}
