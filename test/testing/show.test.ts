import { expect, it } from 'vitest';
import { shown, valueText } from '../../src/testing/show.ts';

it.each<[unknown, string]>([
  [{ a: [1, 'two', null, undefined, 3n, -0] }, '{ a: [1, "two", null, undefined, 3n, -0] }'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'an invalid Date'],
  [new Map([['k', new Set([1])]]), 'Map {"k" => Set {1}}'],
  [{ at: new URL('https://a.example/b') }, '{ at: https://a.example/b }'],
  [[new TypeError('m'), /x/g], '[TypeError: m, /x/g]'],
  [{ of: () => 1, like: expect.any(String) }, '{ of: a function, like: Any<String> }'],
  [{}, '{}'],
])('%o is shown in full, on one line', (value, text) => {
  expect(shown(value)).toBe(text);
  expect(valueText(value)).toBe(text);
});

it('A long value is cut, and the part that is not shown is not read.', () => {
  let looks = 0;
  // Each object refers to all of them, so eight levels would reach 50 ** 4 objects.
  const everybody: object[] = Array.from({ length: 50 }, () => ({
    get everybody() {
      looks++;
      return everybody;
    },
  }));
  const text = valueText({ of: everybody[0] });
  expect(text).toHaveLength(201);
  expect(text).toMatch(/^\{ of: \{ everybody: \[\{ everybody: .*…$/);
  expect(looks).toBeLessThan(1000);
});
