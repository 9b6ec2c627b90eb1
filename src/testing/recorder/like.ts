import { isObject } from '../../core/options.ts';

/** Whether a value has all that is expected of it. */
export function isLike(value: unknown, expected: unknown): boolean {
  if (Object.is(value, expected)) return true;
  if (!isObject(expected)) return false;
  if (typeof expected['asymmetricMatch'] === 'function') return expected['asymmetricMatch'](value) === true;
  if (!isObject(value)) return false;
  if (expected instanceof Date) return value instanceof Date && value.getTime() === expected.getTime();
  if (isList(expected)) return isList(value) && areLike([...value], [...expected]);
  if (expected instanceof Map || expected instanceof Set)
    return (
      value.constructor === expected.constructor && areLike([...(value as typeof expected)], [...expected])
    );
  return Object.keys(expected).every((key) => isLike(value[key], expected[key]));
}

function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
}

function areLike(values: readonly unknown[], expected: readonly unknown[]): boolean {
  return values.length === expected.length && values.every((value, i) => isLike(value, expected[i]));
}
