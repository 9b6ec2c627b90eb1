import { capital, pathOf, refusal, subject } from './schema.ts';

/** Deeper than this, a payload is taken for a cycle until it is looked at closely. */
const DEEP = 200;
/** Objects, items and keys, an object once for each place where it stands. Some 100 ms of copying. */
const MOST = 1_000_000;
/** As many bytes are copied in the time of one value. */
const BYTES_A_VALUE = 64;

/**
 * A copy that later changes of the original can't reach: plain objects and arrays copied and frozen; Date, Map, Set,
 * ArrayBuffer and typed arrays copied; class instances and functions by reference.
 *
 * @throws EventsError `INVALID_PAYLOAD`, or `META_FAILED` where there is no name, for a cycle, and for what is too large
 */
export function copyPayload(payload: unknown, name: string | undefined): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  // A getter of the payload may dispatch another one.
  const before = left;
  left = MOST;
  try {
    return copy(payload, 0);
  } catch (error) {
    if (error !== TOO_DEEP && error !== TOO_LARGE) throw error;
    throw refusal(name, `${capital(subject(name))} ${why(payload, error === TOO_DEEP)}`);
  } finally {
    left = before;
  }
}

const TOO_DEEP = new Error('too deep');
const TOO_LARGE = new Error('too large');
/** How many values the copy under way may still have. */
let left = 0;

function copy(value: object, depth: number): unknown {
  if (depth > DEEP) throw TOO_DEEP;
  count(1);
  if (Array.isArray(value)) return copyArray(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyObject(value, depth);
  if (prototype === Date.prototype) return new Date((value as Date).getTime());
  if (prototype === Map.prototype) {
    count((value as Map<unknown, unknown>).size);
    const entries = Array.from(value as Map<unknown, unknown>);
    return new Map(entries.map(([key, item]) => [copyAny(key, depth), copyAny(item, depth)]));
  }
  if (prototype === Set.prototype) {
    count((value as Set<unknown>).size);
    return new Set(Array.from(value as Set<unknown>, (item) => copyAny(item, depth)));
  }
  if (value instanceof ArrayBuffer) {
    count(value.byteLength / BYTES_A_VALUE);
    return value.slice(0);
  }
  if (ArrayBuffer.isView(value) && 'BYTES_PER_ELEMENT' in value) {
    count(value.byteLength / BYTES_A_VALUE);
    // Not the array's own `slice`: a Buffer's gives a view on the same memory.
    return Uint8Array.prototype.slice.call(value);
  }
  return value;
}

function count(values: number): void {
  if ((left -= values) < 0) throw TOO_LARGE;
}

function copyAny(value: unknown, depth: number): unknown {
  return typeof value === 'object' && value !== null ? copy(value, depth + 1) : value;
}

function copyArray(value: readonly unknown[], depth: number): readonly unknown[] {
  // Before the copy: a length may be 4 billion.
  count(value.length);
  const result = value.slice();
  for (let i = 0; i < result.length; i++) {
    const item = result[i];
    if (typeof item === 'object' && item !== null) result[i] = copy(item, depth + 1);
  }
  return Object.freeze(result);
}

function copyObject(value: object, depth: number): object {
  const result: Record<string, unknown> = { ...value };
  let keys = 0;
  for (const key in result) {
    keys++;
    const item = result[key];
    if (typeof item !== 'object' || item === null) continue;
    // An own `__proto__` (JSON.parse makes one) would set the prototype if it were assigned.
    if (key === '__proto__')
      Object.defineProperty(result, key, { value: copy(item, depth + 1), enumerable: true });
    else result[key] = copy(item, depth + 1);
  }
  count(keys);
  return Object.freeze(result);
}

function why(payload: object, isDeep: boolean): string {
  const path = findCycle(payload, [], [], new Set());
  if (path !== undefined)
    return `contains itself${path.length === 0 ? '' : `, at ${pathOf(path)}`}: it must be a tree. Send an id in place of the back reference.`;
  const what = isDeep
    ? `nested deeper than ${DEEP} levels`
    : `too large: more than ${MOST} values, where an object counts at each place where it stands`;
  return `is ${what}. Send what the listeners need, not the whole tree.`;
}

/** `seen` holds what has no cycle below it: an object that stands at many places is looked at once. */
function findCycle(
  value: unknown,
  above: object[],
  path: PropertyKey[],
  seen: Set<object>,
): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  if (above.includes(value)) return path;
  if (above.length > DEEP || seen.size > MOST) return undefined;
  const children: Iterable<[PropertyKey, unknown]> =
    value instanceof Map || value instanceof Set
      ? Array.from(value.values(), (item, i) => [i, item])
      : entriesOf(value);
  above.push(value);
  for (const [key, item] of children) {
    const found = findCycle(item, above, [...path, key], seen);
    if (found !== undefined) return found;
  }
  above.pop();
  seen.add(value);
  return undefined;
}

function entriesOf(value: object): [PropertyKey, unknown][] {
  if (Array.isArray(value)) return value.length > MOST ? [] : value.map((item, i) => [i, item]);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : [];
}
