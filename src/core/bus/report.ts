import type { BusState } from '../model/bus-state.ts';
import type { AnyEvent } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { anObject, badArgument, readOptions } from '../words/options.ts';
import { causeOf } from '../words/quote.ts';

/** `bus.report`: tells `onError` and observers of an error that a consumer has met. */
export function reportBy(
  bus: BusState,
  error: unknown,
  options?: { readonly event?: AnyEvent | undefined },
): void {
  const { event } = readOptions('bus.report', options, { event: anObject });
  if (error instanceof EventsError) return bus.report({ error, event });
  // An error from another realm, as in Jest, is not an instance of this realm's `Error`.
  if (Object.prototype.toString.call(error) !== '[object Error]')
    throw badArgument('bus.report', 'an error', error);
  bus.report({ error: new EventsError('RECEIVE_FAILED', causeOf(error), { cause: error }), event });
}
