import { pathOf } from '../core/catalog/schema.ts';
import { EventsError } from '../core/errors.ts';

/** Makes the error for a value that can't travel. Its message never quotes the value. */
export function cannotTravel(subject: string, path: readonly PropertyKey[], why: string): EventsError {
  const shown = path.length > 20 ? `${pathOf(path.slice(0, 20))}…` : pathOf(path);
  const at = path.length === 0 ? '' : `, at ${shown}`;
  return new EventsError('NOT_SERIALIZABLE', `${subject} can't travel in a message${at}: ${why}.`);
}

/** Makes the error for a bad message. It never quotes the message, or an error that may quote the message. */
export function badMessage(why: string): EventsError {
  return new EventsError('BAD_MESSAGE', `A message is refused: ${why}.`);
}
