import { pathOf } from '../core/catalog/schema.ts';
import { EventsError } from '../core/words/errors.ts';

/** For what can't travel: never with the value. */
export function cannotTravel(subject: string, path: readonly PropertyKey[], why: string): EventsError {
  const shown = path.length > 20 ? `${pathOf(path.slice(0, 20))}…` : pathOf(path);
  const at = path.length === 0 ? '' : `, at ${shown}`;
  return new EventsError('NOT_SERIALIZABLE', `${subject} can't travel in a message${at}: ${why}.`);
}

/** For a message that is none: never with what it says, nor with an error that may quote it. */
export function badMessage(why: string): EventsError {
  return new EventsError('BAD_MESSAGE', `A message is refused: ${why}.`);
}
