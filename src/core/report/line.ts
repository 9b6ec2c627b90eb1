import type { AnyEvent } from '../types/event.ts';
import type { EventsError } from '../words/errors.ts';

/** An error with the event, listener and attempt that it is about, as far as they are known. */
export interface Reported {
  readonly error: EventsError;
  readonly event?: AnyEvent | undefined;
  readonly listener?: string | undefined;
  readonly attempt?: number | undefined;
}

/** The default report: one line with names and ids, and never a payload. */
export function lineOf({ error, event, listener, attempt }: Reported): string {
  const subject = event === undefined ? '' : ` [${event.name} ${event.id}]`;
  const where = listener === undefined ? '' : ` [listener ${listener}, attempt ${attempt ?? 1}]`;
  // The message of LISTENER_FAILED repeats the names that the brackets already show.
  const said = listener === undefined || event === undefined ? '' : whatFailed(listener, event);
  const message = error.message.startsWith(said) ? error.message.slice(said.length) : error.message;
  return `${error.code}${subject}${where} ${message}${placeOf(error.cause)}`;
}

/** The first stack frame in the application's own code: the place to look at first. */
const OWN_FRAME = /(?<=^ +) at (?!.*(?:node_modules|node:|\(<anonymous>)).+/m;
function placeOf(cause: unknown): string {
  try {
    return cause instanceof Error ? (OWN_FRAME.exec(cause.stack!)?.[0] ?? '') : '';
  } catch {
    return '';
  }
}

/** The beginning of the message of `LISTENER_FAILED`. */
export function whatFailed(listener: string, { name }: AnyEvent): string {
  return `The listener ${JSON.stringify(listener)} failed on ${JSON.stringify(name)}: `;
}

/** Prints to stderr. Never throws. */
export function printLine(line: string): void {
  try {
    // oxlint-disable-next-line no-console -- the default of onError, and the one place that prints
    console.error(`trpc-events: ${line}`);
  } catch {
    // The application or its tests may have replaced console.error with a function that throws.
  }
}
