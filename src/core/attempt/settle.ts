import { viaOf, type Item } from '../model/item.ts';
import { takeSettled } from '../scope/judge.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import type { Outcome } from '../types/observer.ts';
import { isObject } from '../words/guards.ts';
import { closest } from '../words/suggest.ts';
import { isBatch, type Attempt, type AttemptFlush, type Job } from './attempt.ts';
import { deadLetter } from './dead-letter.ts';
import { failureOf } from './failure.ts';
import { neverRan } from './never-ran.ts';

/** Settles the scope of an attempt: flushes the events that it dispatched, or drops them. */
export function settle(attempt: Attempt, outcome: Outcome, isKept = outcome.ok): void {
  attempt.outcome = isKept ? 'ok' : 'failed';
  attempt.end();
  attempt.tellOutcome?.(outcome);
  if (attempt.entries === undefined) return;
  const kept = takeSettled(attempt);
  if (kept.length > 0) attempt.bus.flusher.flush(attempt.bus, kept, attempt.group, 'chain');
}

/** Ends an attempt whose listener has returned. */
export function endSucceeded(flush: AttemptFlush, attempt: Attempt, job: Job, returned: unknown): void {
  const error = returned === undefined ? undefined : neverRan(returned);
  if (error !== undefined) return endFailed(flush, attempt, job, error);
  if (!isBatch(job)) return settle(attempt, SUCCESS);
  const failures = failuresIn(job, returned);
  if (failures === undefined) return endFailed(flush, attempt, job, new Error(BAD_ANSWER));
  for (const { item, error } of failures) record(flush, attempt, item, error);
  settle(attempt, outcomeOf(failures), true);
}

/** Ends an attempt whose listener has thrown, and is not tried again. */
export function endFailed(flush: AttemptFlush, attempt: Attempt, job: Job, cause: unknown): void {
  settle(attempt, { ok: false, error: cause });
  if (!isBatch(job)) return record(flush, attempt, job, cause);
  for (const item of job) record(flush, attempt, item, cause);
}

/** Records that a listener has failed for good: in the flush, in reports, and with the bus's `deadLetter`. */
export function record(
  flush: AttemptFlush,
  { listener, kind, number }: Pick<Attempt, 'listener' | 'kind' | 'number'>,
  item: Item,
  thrown: unknown,
  given?: DeadLetterReason,
): void {
  const { bus } = flush;
  const { event } = item;
  // `close` aborts the handlers when it runs out of time. One that fails after that counts as `closed`, whatever it throws.
  const isAborted = bus.isAborting && kind !== 'listener';
  const { error, reason } = failureOf(listener, event, thrown, given ?? (isAborted ? 'closed' : undefined));
  flush.addFailure({ listener, error, event, via: viaOf(item) ?? listener });
  bus.report({ error, event, listener, attempt: number });
  if (bus.observed === undefined && bus.settings.deadLetter === undefined) return;
  const kept = deadLetter(bus, { event, listener, reason, attempts: number, error });
  if (kept !== undefined) flush.waitFor(kept);
}

const SUCCESS: Outcome = Object.freeze({ ok: true });

/** Returns the outcome of a call of `handleMany` that lists failures. */
function outcomeOf(failures: readonly { readonly item: Item; readonly error: unknown }[]): Outcome {
  const [first] = failures;
  if (first === undefined) return SUCCESS;
  const listed = failures.map(({ item, error }) => ({ id: item.event.id, error }));
  return { ok: false, error: first.error, failures: listed };
}

const BAD_ANSWER =
  'handleMany may return { failures: [{ id, error }] } with ids of its events, and returned other failures, or misspelt them: all its events count as failed';

/** Reads the failures that `handleMany` returned. Returns `undefined` if they make no sense. */
function failuresIn(
  job: readonly Item[],
  returned: unknown,
): readonly { readonly item: Item; readonly error: unknown }[] | undefined {
  try {
    if (!isObject(returned)) return [];
    // A misspelt `failures` must not pass for a success. Any other object, such as a broker's answer, is ignored.
    if (!Object.hasOwn(returned, 'failures'))
      return closest('failures', Object.keys(returned)).length > 0 ? undefined : [];
    const failures = returned['failures'];
    if (failures === undefined || (failures as readonly unknown[]).length === 0) return [];
    const found: { readonly item: Item; readonly error: unknown }[] = [];
    // In an outage all events of a large flush fail: looking for each from the start would block for seconds.
    const items = new Map<unknown, Item>();
    for (const item of job) if (!items.has(item.event.id)) items.set(item.event.id, item);
    const seen = new Set<Item>();
    for (const { id, error } of failures as readonly { id: unknown; error: unknown }[]) {
      const item = items.get(id);
      if (item === undefined) return undefined;
      // An id that is listed twice has failed once.
      if (!seen.has(item)) found.push({ item, error });
      seen.add(item);
    }
    return found;
  } catch {
    // The failures are no list, hold no objects, or have getters that throw.
    return undefined;
  }
}
