import { isObject } from '../../core/words/guards.ts';
import type { ErrorText, Happened, PayloadText } from '../../story/entry.ts';
import { shorten } from '../text/own.ts';

/** The fields that an entry of another process must have. */
const NEEDS: Readonly<Record<string, string>> = {
  opened: 'call scope defer',
  settled: 'call ok',
  answered: 'call',
  unanswered: 'call why',
  dispatched: 'event name when correlationId depth',
  arrived: 'event name correlationId depth number',
  released: 'event origin',
  dropped: 'event reason',
  unhandled: 'event',
  started: 'attempt event listener listenerKind number of',
  finished: 'attempt ok',
  backedOff: 'attempt delay',
  gaveUp: 'event listener reason attempts error',
  sent: 'event listener system destination from ok',
  refused: 'error',
  reported: 'error',
};
/** The types of the values that are not texts, by their keys. */
const TYPES: Readonly<Record<string, string>> = {
  at: 'number',
  depth: 'number',
  number: 'number',
  of: 'number',
  delay: 'number',
  attempts: 'number',
  from: 'number',
  batchIndex: 'number',
  ok: 'boolean',
  error: 'object',
};
const ALSO = 'at path type batchIndex parent by causationId key traceparent meta';
const KEYS = [...new Set(`${Object.values(NEEDS).join(' ')} ${ALSO}`.split(' '))];
const LONGEST = 5000;
const LONGEST_PAYLOAD = 512 * 1024;

/** Copies the known fields of an entry. Returns `undefined` if it isn't an entry. */
export function readEntry(given: unknown, process: string): Happened | undefined {
  if (!isObject(given)) return undefined;
  const { kind } = given;
  if (typeof kind !== 'string' || !Object.hasOwn(NEEDS, kind)) return undefined;
  const entry: Record<string, unknown> = { kind, process };
  for (const key of KEYS) {
    const value = Object.hasOwn(given, key) ? plain(given[key]) : undefined;
    if (typeof value === (TYPES[key] ?? 'string') && isReadable(key, value)) entry[key] = value;
  }
  const isWhole = `at ${NEEDS[kind]}`.split(' ').every((key) => key in entry);
  return isWhole ? (entry as unknown as Happened) : undefined;
}

/** Returns false for a meta that is not JSON, because filters read the meta. */
function isReadable(key: string, value: unknown): boolean {
  return key !== 'meta' || isJson(String(value));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function readPayload(given: unknown): PayloadText | undefined {
  if (!isObject(given)) return undefined;
  const { text, isCut } = given;
  if (typeof text !== 'string' || text.length > LONGEST_PAYLOAD || !isJson(text)) return undefined;
  return { text, isCut: isCut === true };
}

function plain(value: unknown, depth = 0): string | number | boolean | ErrorText | undefined {
  if (typeof value === 'string') return shorten(value, LONGEST);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (!isObject(value) || depth > 2) return undefined;
  const { name, message, code, stack, cause } = value;
  if (typeof name !== 'string' || typeof message !== 'string') return undefined;
  const texts = Object.entries({ name, message, code, stack }).filter(([, text]) => typeof text === 'string');
  const inner = plain(cause, depth + 1);
  return {
    ...(Object.fromEntries(
      texts.map(([key, text]) => [key, shorten(String(text), LONGEST)]),
    ) as unknown as ErrorText),
    ...(isObject(inner) && { cause: inner as unknown as ErrorText }),
  };
}
