import { copyLeaf } from './copy-leaf.ts';
import { DEEPEST, findFault, MOST_VALUES } from './find-fault.ts';
import { objectKind } from './object-kind.ts';
import { capital, placeOf, refusal, subject, unreadable } from './schema.ts';

/** The number of bytes that are copied in the time of one value. */
const BYTES_A_VALUE = 64;

/**
 * Copies a payload, so that later changes to the original can't reach it. Plain objects and arrays are copied and
 * frozen; Date, Map, Set, ArrayBuffer, DataView and typed arrays are copied; class instances and functions are kept by
 * reference. Objects may be of any realm, and their copies are of this one. An array of a subclass is copied to an Array.
 *
 * @throws EventsError `INVALID_PAYLOAD`, or `META_FAILED` without a name, for a cycle, a payload that is too large, or a
 * getter that throws
 */
export function copyPayload(payload: unknown, name: string | undefined): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  // Copies can nest, because a getter of the payload may dispatch another event.
  const before = left;
  left = MOST_VALUES;
  isPolluted = hasKeys(Object.prototype);
  try {
    return copy(payload, 0);
  } catch (error) {
    throw refusal(name, whyRefused(payload, name, error));
  } finally {
    left = before;
  }
}

const TOO_DEEP = new Error('too deep');
const TOO_LARGE = new Error('too large');
/** The number of values that the current copy may still have. */
let left = 0;
/** True if somebody put keys on `Object.prototype`. Copying must then check that each key is an own one, which is slow. */
let isPolluted = false;

function hasKeys(object: object): boolean {
  for (const _ in object) return true;
  return false;
}

function copy(value: object, depth: number): unknown {
  if (depth > DEEPEST) throw TOO_DEEP;
  count(1);
  // Most objects are arrays or plain objects. The other kinds take longer to tell apart.
  if (Array.isArray(value)) return copyArray(value, depth);
  if (Object.getPrototypeOf(value) === Object.prototype) return copyObject(value, depth);
  const kind = objectKind(value);
  switch (kind) {
    case 'plain':
      return copyObject(value, depth);
    case 'Map': {
      const entries = Array.from(value as ReadonlyMap<unknown, unknown>);
      count(entries.length);
      return new Map(entries.map(([key, item]) => [copyAny(key, depth), copyAny(item, depth)]));
    }
    case 'Set': {
      const items = Array.from(value as ReadonlySet<unknown>);
      count(items.length);
      return new Set(items.map((item) => copyAny(item, depth)));
    }
    case 'ArrayBuffer':
    case 'DataView':
    case 'typed array':
      count((value as Uint8Array).byteLength / BYTES_A_VALUE);
      return copyLeaf(value, kind);
    case 'Date':
      return copyLeaf(value, kind);
    default:
      return value;
  }
}

function count(values: number): void {
  if ((left -= values) < 0) throw TOO_LARGE;
}

function copyAny(value: unknown, depth: number): unknown {
  return typeof value === 'object' && value !== null ? copy(value, depth + 1) : value;
}

function copyArray(value: readonly unknown[], depth: number): readonly unknown[] {
  // Count before copying, because a length may be 4 billion.
  count(value.length);
  const result = itemsOf(value);
  for (let i = 0; i < result.length; i++) {
    const item = result[i];
    if (typeof item === 'object' && item !== null) result[i] = copy(item, depth + 1);
  }
  return Object.freeze(result);
}

/**
 * Returns a plain array of this realm. `slice` takes half the time for a long list, but lets the class of the list make the
 * copy, and a class of the application may refuse to.
 */
function itemsOf(value: readonly unknown[]): unknown[] {
  if (value.constructor === Array) return Array.prototype.slice.call(value);
  const items: unknown[] = [];
  items.length = value.length;
  // A hole stays a hole.
  for (let i = 0; i < items.length; i++) if (i in value) items[i] = value[i];
  return items;
}

function copyObject(value: object, depth: number): object {
  const result: Record<PropertyKey, unknown> = { ...value };
  let keys = 0;
  for (const key in result) {
    if (isPolluted && !Object.hasOwn(result, key)) continue;
    keys++;
    const item = result[key];
    if (typeof item === 'object' && item !== null) set(result, key, copy(item, depth + 1));
  }
  const symbols = Object.getOwnPropertySymbols(result);
  if (symbols.length > 0) for (const symbol of symbols) set(result, symbol, copyAny(result[symbol], depth));
  count(keys + symbols.length);
  return Object.freeze(result);
}

/** Sets an own member. Assigning an own `__proto__`, as JSON.parse makes it, would set the prototype instead. */
function set(object: Record<PropertyKey, unknown>, key: PropertyKey, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
  else object[key] = value;
}

function whyRefused(payload: object, name: string | undefined, error: unknown): string {
  const what = capital(subject(name));
  const fault = findFault(payload);
  if (fault !== undefined && fault.thrown === undefined)
    return `${what} contains itself${placeOf(fault.path)}: it must be a tree. Send an id in place of the back reference.`;
  if (error === TOO_DEEP)
    return `${what} is nested deeper than ${DEEPEST} levels. Send what the listeners need, not the whole tree.`;
  if (error === TOO_LARGE)
    return `${what} is too large: more than ${MOST_VALUES} values, where an object counts at each place where it stands. Send what the listeners need, not the whole tree.`;
  return unreadable(name, fault?.thrown === undefined ? error : fault.thrown.error, fault?.path ?? []);
}
