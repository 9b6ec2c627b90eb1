import { copyLeaf } from './copy-leaf.ts';
import { objectKind } from './object-kind.ts';

/** The deepest nesting of a payload, here and in messages. A deeper payload may be a cycle, so it is searched for one. */
export const DEEPEST = 200;
/** The most objects, items and keys of a payload; an object counts once per place. Copying them takes about 100 ms. */
export const MOST_VALUES = 1_000_000;

/** A reason why a payload can't be copied: an object contains itself, or throws when it is read. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** The value that was thrown; `undefined` for a cycle. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** Finds the first fault that a copy of a payload would run into. */
export function findFault(payload: unknown): Fault | undefined {
  const above: object[] = [];
  const path: PropertyKey[] = [];
  /** Objects without a fault below them, so that an object in many places is searched only once. */
  const seen = new Set<object>();
  return search(payload);

  function search(value: unknown): Fault | undefined {
    if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
    if (above.includes(value)) return { path: [...path], thrown: undefined };
    if (above.length > DEEPEST || seen.size > MOST_VALUES) return undefined;
    above.push(value);
    const fault = searchBelow(value);
    above.pop();
    seen.add(value);
    return fault;
  }

  function searchBelow(value: object): Fault | undefined {
    let readers: Iterable<readonly [PropertyKey, () => unknown]>;
    try {
      readers = readersOf(value);
    } catch (error) {
      // A proxy may throw at any operation.
      return { path: [...path], thrown: { error } };
    }
    for (const [key, read] of readers) {
      path.push(key);
      const fault = searchAt(read);
      path.pop();
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  function searchAt(read: () => unknown): Fault | undefined {
    let item: unknown;
    try {
      item = read();
    } catch (error) {
      return { path: [...path], thrown: { error } };
    }
    return search(item);
  }
}

/** Returns the keys that a copy of an object would read, each with a function that reads the value. */
function readersOf(value: object): Iterable<readonly [PropertyKey, () => unknown]> {
  const kind = objectKind(value);
  switch (kind) {
    case 'array': {
      const list = value as readonly unknown[];
      // The copy reads `constructor` too, which may throw.
      void list.constructor;
      const length = list.length > MOST_VALUES ? 0 : list.length;
      return Array.from({ length }, (_, i) => [i, () => (i in list ? list[i] : undefined)] as const);
    }
    case 'Map': {
      const entries = [...(value as ReadonlyMap<unknown, unknown>)];
      return entries.flatMap((entry, i) => entry.map((part) => [i, () => part] as const));
    }
    case 'Set':
      return Array.from(value as ReadonlySet<unknown>, (item, i) => [i, () => item] as const);
    case 'plain':
      return Reflect.ownKeys(value).map((key) => [key, () => ownValue(value, key)]);
    case 'instance':
      return [];
    default:
      copyLeaf(value, kind);
      return [];
  }
}

/** Reads a member as a copy does: one that is not enumerable stays unread. */
function ownValue(value: object, key: PropertyKey): unknown {
  const isRead = Reflect.getOwnPropertyDescriptor(value, key)?.enumerable === true;
  return isRead ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}
