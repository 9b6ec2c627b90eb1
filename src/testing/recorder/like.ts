import { isObject } from '../../core/words/guards.ts';

/** Returns true if a value has everything that is expected of it. */
export function isLike(value: unknown, expected: unknown): boolean {
  if (Object.is(value, expected)) return true;
  if (!isObject(expected)) return false;
  if (typeof expected['asymmetricMatch'] === 'function') return expected['asymmetricMatch'](value) === true;
  if (!isObject(value)) return false;
  if (expected instanceof Date) return value instanceof Date && value.getTime() === expected.getTime();
  if (isList(expected)) return isList(value) && areLike([...value], [...expected]);
  if (expected instanceof Set) return value instanceof Set && areLikeInAnyOrder([...value], [...expected]);
  if (expected instanceof Map) return value instanceof Map && areLikeInAnyOrder([...value], [...expected]);
  const keys = Object.keys(expected);
  const text = textOf(expected);
  if (text !== undefined) {
    if (value.constructor !== expected.constructor || textOf(value) !== text) return false;
  } else if (keys.length === 0 && !isPlain(expected)) return false; // no key tells whether two instances are equal
  return keys.every((key) => isLike(value[key], expected[key]));
}

function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
}

function areLike(values: readonly unknown[], expected: readonly unknown[]): boolean {
  return values.length === expected.length && values.every((value, i) => isLike(value, expected[i]));
}

function areLikeInAnyOrder(values: unknown[], expected: readonly unknown[]): boolean {
  if (values.length !== expected.length) return false;
  if (areLike(values, expected)) return true;
  return expected.every((item) => {
    const at = values.findIndex((value) => isLike(value, item));
    if (at !== -1) values.splice(at, 1);
    return at !== -1;
  });
}

/** Returns the text of a URL, an Error or a RegExp, because their keys don't tell them apart. */
function textOf(value: unknown): string | undefined {
  if (value instanceof URL) return value.href;
  return value instanceof Error || value instanceof RegExp ? value.toString() : undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
