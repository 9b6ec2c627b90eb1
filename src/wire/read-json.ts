import { DEEPEST } from '../core/catalog/find-fault.ts';
import { EventsError } from '../core/words/errors.ts';
import { FORBIDDEN_KEYS, MOST_SPECIAL } from './inspect.ts';
import { hasMoreValues } from './scan.ts';

/** Limits of a JSON text: its number of items and keys, and its levels of nesting. */
export interface Bounds {
  readonly values: number;
  readonly levels: number;
}
/** A message holds more than its payload: `data` and a Map's pairs add a level each, and its attributes add values. */
export const ofMessage = (values: number): Bounds => ({ values: values + 100, levels: DEEPEST + 2 });
export const ofMeta = (values: number): Bounds => ({ values, levels: DEEPEST + 1 });
/** superjson's annotation of a value has up to two levels for each level of the value, and up to four values. */
export const OF_REVIVALS: Bounds = { values: 5 * MOST_SPECIAL, levels: 2 * DEEPEST + 10 };

/**
 * Parses JSON within bounds. `otherwise` is the advice for a text that is not JSON.
 *
 * @throws EventsError `BAD_MESSAGE` if a text is not JSON, too large, too deep, or has keys that reach prototypes
 */
export function readJson(text: string, what: string, bounds: Bounds, otherwise = ''): unknown {
  if (hasMoreValues(text, bounds.values)) throw badMessage(`${what} has more than ${bounds.values} values`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badMessage(`${what} is no JSON${otherwise}`);
  }
  check(value, what, bounds.levels);
  return value;
}

function check(value: unknown, what: string, levels: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (levels < 0) throw badMessage(`${what} is nested too deep`);
  if (Array.isArray(value)) {
    for (const item of value) check(item, what, levels - 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw badMessage(`${what} has a key that is called ${key}`);
    check((value as Record<string, unknown>)[key], what, levels - 1);
  }
}

/** Makes the error for a bad message. It never shows the text of the message, nor has a cause that may quote it. */
export function badMessage(why: string): EventsError {
  return new EventsError('BAD_MESSAGE', `A message is refused: ${why}.`);
}
