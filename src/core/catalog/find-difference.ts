import { objectKind } from './object-kind.ts';
import { isObject } from '../words/guards.ts';

/** Returns the path to the first place where two payloads differ; `undefined` if they are equal. */
export function findDifference(a: unknown, b: unknown): PropertyKey[] | undefined {
  if (Object.is(a, b)) return undefined;
  if (!isObject(a) || !isObject(b)) return [];
  const kind = objectKind(a);
  if (kind !== objectKind(b)) return [];
  switch (kind) {
    case 'Date':
      return Object.is(Number(a), Number(b)) ? undefined : [];
    case 'Map':
      return differenceOfLists(
        [...(a as never as Map<unknown, unknown>)],
        [...(b as never as Map<unknown, unknown>)],
      );
    case 'Set':
      return differenceOfLists([...(a as never as Set<unknown>)], [...(b as never as Set<unknown>)]);
    case 'ArrayBuffer':
      return differenceOfLists(new Uint8Array(a as never), new Uint8Array(b as never));
    case 'DataView':
      return differenceOfLists(bytesOf(a as never), bytesOf(b as never));
    case 'typed array':
      if (a.constructor !== b.constructor) return [];
      return differenceOfLists(a as never, b as never);
    case 'array':
      return differenceOfLists(a as never, b as never);
    default:
      return differenceOfObjects(a, b);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function differenceOfLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): PropertyKey[] | undefined {
  const most = Math.max(a.length, b.length);
  for (let i = 0; i < most; i++) {
    const below = i < a.length && i < b.length ? findDifference(a[i], b[i]) : [];
    if (below !== undefined) return [i, ...below];
  }
  return undefined;
}

/** Compares the own keys, and the texts of a URL, an Error or a RegExp, because their own keys don't tell everything. */
function differenceOfObjects(
  a: Record<PropertyKey, unknown>,
  b: Record<PropertyKey, unknown>,
): PropertyKey[] | undefined {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || textOf(a) !== textOf(b)) return [];
  for (const key of new Set([...Reflect.ownKeys(a), ...Reflect.ownKeys(b)])) {
    // A missing key counts as undefined, because JSON drops keys that are undefined.
    const below = findDifference(ownValue(a, key), ownValue(b, key));
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

function ownValue(object: Record<PropertyKey, unknown>, key: PropertyKey): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function textOf(value: object): string | undefined {
  return value instanceof URL || value instanceof Error || value instanceof RegExp
    ? String(value)
    : undefined;
}
