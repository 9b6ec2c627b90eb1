import { DEEPEST, FORBIDDEN_KEYS } from './inspect.ts';
import { badMessage } from './refusals.ts';

/** @throws EventsError `BAD_MESSAGE` for what is no JSON, nested too deep, or has keys that reach for prototypes */
export function readJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badMessage(`${what} is no JSON`);
  }
  check(value, what, 0);
  return value;
}

function check(value: unknown, what: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw badMessage(`${what} is nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) {
    for (const item of value) check(item, what, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw badMessage(`${what} has a key that is called ${key}`);
    check((value as Record<string, unknown>)[key], what, depth + 1);
  }
}
