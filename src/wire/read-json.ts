import { EventsError } from '../core/words/errors.ts';
import { DEEPEST, FORBIDDEN_KEYS, MOST_SPECIAL } from './inspect.ts';
import { hasMoreValues } from './scan.ts';

/** How many items and keys a text may have, and at how many levels. */
export interface Bounds {
  readonly values: number;
  readonly levels: number;
}
/** The pairs of a Map are a level below it, `data` is one below the message, which has values of its own. */
export const ofMessage = (values: number): Bounds => ({ values: values + 100, levels: DEEPEST + 2 });
export const ofMeta = (values: number): Bounds => ({ values, levels: DEEPEST + 1 });
/** What superjson says of a value has up to two levels for one of it, and four values. */
export const OF_REVIVALS: Bounds = { values: 5 * MOST_SPECIAL, levels: 2 * DEEPEST + 10 };

/** @throws EventsError `BAD_MESSAGE` for what is no JSON, too large, nested too deep, or has keys that reach for prototypes */
export function readJson(text: string, what: string, bounds: Bounds): unknown {
  if (hasMoreValues(text, bounds.values)) throw badMessage(`${what} has more than ${bounds.values} values`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badMessage(`${what} is no JSON`);
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
