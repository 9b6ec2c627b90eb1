import { whatFailed } from '../report/line.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import type { AnyEvent } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { causeOf } from '../words/quote.ts';
import { isNoRetry } from './no-retry.ts';

/** The reasons why no other attempt follows, for messages. */
const NO_OTHER: Partial<Record<DeadLetterReason, string>> = {
  budget: ' (no other attempt: the wait for it does not fit into the budget)',
  aborted: ' (no other attempt: its delivery was aborted)',
  closed: ' (no other attempt: the bus is closed)',
  removed: ' (no other attempt: the listener was taken off)',
};

/** Makes the report of a listener that has failed for good, from the error that it threw. */
export function failureOf(
  listener: string,
  event: AnyEvent,
  thrown: unknown,
  given: DeadLetterReason | undefined,
): { readonly error: EventsError; readonly reason: DeadLetterReason } {
  const isFinal = isNoRetry(thrown);
  const reason = given ?? (isFinal ? 'not-retriable' : 'attempts');
  const cause = isFinal ? thrown.cause : thrown;
  const message = `${whatFailed(listener, event)}${causeOf(cause)}${NO_OTHER[reason] ?? ''}`;
  return { error: new EventsError('LISTENER_FAILED', message, { cause }), reason };
}
