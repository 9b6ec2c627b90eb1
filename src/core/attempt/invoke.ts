import type { Target } from '../model/target.ts';
import { enterAndCall } from '../scope/storage.ts';
import type { Outcome } from '../types/observer.ts';
import { isThenable } from '../words/guards.ts';
import { BatchArgument, ListenerArgument } from './argument.ts';
import { isBatch, type Attempt, type Job } from './attempt.ts';
import { neverRan } from './never-ran.ts';

/** Calls a target in the scope of an attempt. Leaves the attempt's frame set (see `Flush.beginWithin`). */
export function invoke(attempt: Attempt, job: Job, call: Target['invoke']): unknown {
  if (attempt.bus.observed !== undefined) return invokeObserved(attempt, job, call);
  return enterAndCall(attempt.frame, call, argumentOf(attempt, job));
}

/** @throws the error of `createContext` if it could not make the ctx of this event */
function argumentOf(attempt: Attempt, job: Job): never {
  if (isBatch(job)) return new BatchArgument(attempt) as never;
  if (job.failure !== undefined) throw job.failure;
  return new ListenerArgument(attempt, job) as never;
}

async function invokeObserved(attempt: Attempt, job: Job, call: Target['invoke']): Promise<unknown> {
  let returned: unknown;
  const run = async (): Promise<Outcome> => {
    try {
      returned = enterAndCall(attempt.frame, call, argumentOf(attempt, job));
      // Asked as without an observer, because `await` does less with a value than this: a proxy may throw here.
      if (isThenable(returned)) returned = await returned;
      const error = neverRan(returned);
      return error === undefined ? { ok: true } : { ok: false, error };
    } catch (error) {
      return { ok: false, error };
    }
  };
  const outcome = await attempt.bus.observed!.wrapAttempt(attempt.info, run);
  if (!outcome.ok) throw outcome.error;
  return returned;
}
