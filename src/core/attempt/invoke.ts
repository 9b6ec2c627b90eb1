import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { enterAndCall } from '../scope/storage.ts';
import type { Outcome } from '../types/observer.ts';
import { isObject } from '../words/options.ts';
import { ListenerArgument, BatchArgument } from './argument.ts';
import type { Attempt, Job } from './attempt.ts';
import { ContextFailure } from './create-context.ts';

/** Calls what a target invokes, in the scope of an attempt. */
export function invoke(attempt: Attempt, job: Job, call: Target['invoke']): unknown {
  if (attempt.bus.observed !== undefined) return invokeObserved(attempt, job, call);
  return enterAndCall(attempt.frame, call, argumentOf(attempt, job));
}

/** `ListenerArgument` or `BatchArgument`, as the target takes it. */
function argumentOf(attempt: Attempt, job: Job): never {
  if (!('event' in job)) return new BatchArgument(attempt) as never;
  if (job.ctx instanceof ContextFailure) throw job.ctx.error;
  return new ListenerArgument(attempt, job) as never;
}

async function invokeObserved(attempt: Attempt, job: Job, call: Target['invoke']): Promise<unknown> {
  let returned: unknown;
  const run = async (): Promise<Outcome> => {
    try {
      returned = await enterAndCall(attempt.frame, call, argumentOf(attempt, job));
      return { ok: true };
    } catch (error) {
      return { ok: false, error };
    }
  };
  const outcome = await attempt.bus.observed!.wrapAttempt(attempt.info, run);
  if (!outcome.ok) throw outcome.error;
  return returned;
}

export const BAD_ANSWER =
  'handleMany may return { failures: [{ id, error }] } with ids of its events, and returned other failures: all its events count as failed';

/** What `handleMany` says could not be handled; `undefined` where that can't be understood. */
export function failedOf(
  job: readonly Item[],
  returned: unknown,
): readonly { readonly entry: Item; readonly error: unknown }[] | undefined {
  try {
    const failures = isObject(returned) ? returned['failures'] : undefined;
    if (failures === undefined) return [];
    const failed = [];
    for (const { id, error } of failures as readonly { id: unknown; error: unknown }[]) {
      const entry = job.find(({ event }) => event.id === id);
      if (entry === undefined) return undefined;
      failed.push({ entry, error });
    }
    return failed;
  } catch {
    // No list, no objects in it, or getters that throw.
    return undefined;
  }
}
