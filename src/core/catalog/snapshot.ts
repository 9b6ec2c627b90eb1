import { capital, pathOf, refusal, subject } from './schema.ts';

/** Deeper than this, a payload is taken for a cycle until it is looked at closely. */
const DEEP = 200;

/**
 * A copy that later changes of the original can't reach: plain objects and arrays copied and frozen; Date, Map, Set,
 * ArrayBuffer and typed arrays copied; class instances and functions by reference.
 *
 * @throws EventsError `INVALID_PAYLOAD`, or `META_FAILED` where there is no name, for a cycle
 */
export function copyPayload(payload: unknown, name: string | undefined): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  try {
    return copy(payload, 0);
  } catch (error) {
    if (error !== TOO_DEEP) throw error;
  }
  const path = findCycle(payload, [], []);
  const what =
    path === undefined
      ? `is nested deeper than ${DEEP} levels. Send what the listeners need, not the whole tree.`
      : `contains itself${path.length === 0 ? '' : `, at ${pathOf(path)}`}: it must be a tree. Send an id in place of the back reference.`;
  throw refusal(name, `${capital(subject(name))} ${what}`);
}

const TOO_DEEP = new Error('too deep');

function copy(value: object, depth: number): unknown {
  if (depth > DEEP) throw TOO_DEEP;
  if (Array.isArray(value)) return copyArray(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyObject(value, depth);
  if (prototype === Date.prototype) return new Date((value as Date).getTime());
  if (prototype === Map.prototype) {
    const entries = Array.from(value as Map<unknown, unknown>);
    return new Map(entries.map(([key, item]) => [copyAny(key, depth), copyAny(item, depth)]));
  }
  if (prototype === Set.prototype)
    return new Set(Array.from(value as Set<unknown>, (item) => copyAny(item, depth)));
  if (value instanceof ArrayBuffer) return value.slice(0);
  // Not the array's own `slice`: a Buffer's gives a view on the same memory.
  if (ArrayBuffer.isView(value) && 'BYTES_PER_ELEMENT' in value)
    return Uint8Array.prototype.slice.call(value);
  return value;
}

function copyAny(value: unknown, depth: number): unknown {
  return typeof value === 'object' && value !== null ? copy(value, depth + 1) : value;
}

function copyArray(value: readonly unknown[], depth: number): readonly unknown[] {
  const result = value.slice();
  for (let i = 0; i < result.length; i++) {
    const item = result[i];
    if (typeof item === 'object' && item !== null) result[i] = copy(item, depth + 1);
  }
  return Object.freeze(result);
}

function copyObject(value: object, depth: number): object {
  const result: Record<string, unknown> = { ...value };
  for (const key in result) {
    const item = result[key];
    if (typeof item !== 'object' || item === null) continue;
    // An own `__proto__` (JSON.parse makes one) would set the prototype if it were assigned.
    if (key === '__proto__')
      Object.defineProperty(result, key, { value: copy(item, depth + 1), enumerable: true });
    else result[key] = copy(item, depth + 1);
  }
  return Object.freeze(result);
}

function findCycle(value: unknown, above: object[], path: PropertyKey[]): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (above.includes(value)) return path;
  if (above.length > DEEP) return undefined;
  const children: Iterable<[PropertyKey, unknown]> =
    value instanceof Map || value instanceof Set
      ? Array.from(value.values(), (item, i) => [i, item])
      : entriesOf(value);
  above.push(value);
  for (const [key, item] of children) {
    const found = findCycle(item, above, [...path, key]);
    if (found !== undefined) return found;
  }
  above.pop();
  return undefined;
}

function entriesOf(value: object): [PropertyKey, unknown][] {
  if (Array.isArray(value)) return value.map((item, i) => [i, item]);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : [];
}
