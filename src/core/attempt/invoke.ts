import type { Target } from '../model/target.ts';
import { enterAndCall } from '../scope/storage.ts';
import type { Outcome } from '../types/observer.ts';
import { ListenerArgument } from './argument.ts';
import { isBatch, type Attempt, type Job } from './attempt.ts';
import { handleArgument } from './handle-argument.ts';

/** Calls a target in the scope of an attempt. Leaves the attempt's frame set (see `Flush.beginWithin`). */
export function invoke(attempt: Attempt, job: Job, call: Target['invoke']): unknown {
  if (attempt.bus.observed?.wrapsAttempts) return invokeObserved(attempt, job, call);
  return enterAndCall(attempt.frame, call, argumentOf(attempt, job));
}

/** @throws the error of `createContext` if it could not make the ctx of this event */
function argumentOf(attempt: Attempt, job: Job): never {
  if (isBatch(job)) return handleArgument(attempt, undefined) as never;
  const { kind } = attempt;
  if (job.failure !== undefined && kind !== 'forwarder') throw job.failure;
  return (kind === 'listener' ? new ListenerArgument(attempt, job) : handleArgument(attempt, job)) as never;
}

/**
 * Calls a target inside the wrappers of observers, which begin before the call. Nothing waits for what they do after it,
 * so observers don't change when a listener runs.
 */
function invokeObserved(attempt: Attempt, job: Job, call: Target['invoke']): unknown {
  let result: { readonly returned: unknown } | { readonly thrown: unknown } | undefined;
  const outcome = new Promise<Outcome>((resolve) => (attempt.tellOutcome = resolve));
  void attempt.bus.observed!.wrapAttempt(attempt.info, () => {
    try {
      result = { returned: enterAndCall(attempt.frame, call, argumentOf(attempt, job)) };
    } catch (thrown) {
      result = { thrown };
    }
    return outcome;
  });
  if ('thrown' in result!) throw result.thrown;
  return result!.returned;
}
