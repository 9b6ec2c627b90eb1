import { capital, pathOf, refusal, subject } from './schema.ts';

/** The nesting depth beyond which a payload is suspected to be a cycle, and searched for one. */
const DEEP = 200;
/** The most objects, items and keys of a payload; an object counts once per place. Copying them takes about 100 ms. */
const MOST = 1_000_000;
/** The number of bytes that are copied in the time of one value. */
const BYTES_A_VALUE = 64;

/**
 * Copies a payload, so that later changes to the original can't reach it. Plain objects and arrays are copied and
 * frozen; Date, Map, Set, ArrayBuffer and typed arrays are copied; class instances and functions are kept by reference.
 *
 * @throws EventsError `INVALID_PAYLOAD`, or `META_FAILED` without a name, for a cycle or a payload that is too large
 */
export function copyPayload(payload: unknown, name: string | undefined): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  // Copies can nest, because a getter of the payload may dispatch another event.
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
/** The number of values that the current copy may still have. */
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
    // The array's own `slice` won't do, because a Buffer's returns a view of the same memory.
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
  // Count before copying, because a length may be 4 billion.
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
    // Assigning an own `__proto__`, as JSON.parse makes it, would set the prototype.
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

/** Objects without a cycle below them go into `seen`, so that an object in many places is searched only once. */
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
