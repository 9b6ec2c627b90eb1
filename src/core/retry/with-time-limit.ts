import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import type { RetriedAttempt } from './retried-attempt.ts';

/** Wraps a listener so that it rejects when its time is over, whatever it does then. A later result is ignored. */
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
    let isPending = false;
    try {
      const returned = invoke(argument);
      // The value that a listener returns may throw when it is inspected.
      isPending = isThenable(returned);
      if (!isPending) return returned;
      return Promise.race([returned, timedOut]).finally(() => clearTimeout(timer));
    } finally {
      if (!isPending) clearTimeout(timer);
    }
  };
}
