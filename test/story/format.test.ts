import { expect, test } from 'vitest';
import { age, cut, duration, inOneUnit, shortId, visible } from '../../src/story/format.ts';

test.for([
  [0, '0 ms'],
  [0.2, '1 ms'],
  [-5, '0 ms'],
  [12.4, '12 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1234, '1.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min'],
  [64_000, '1 min 4 s'],
  [3_599_600, '1 h'],
  [3_660_000, '1 h 1 min'],
  [90_000_000, '25 h'],
] as const)('%o ms are %o.', ([ms, words]) => {
  expect(duration(ms)).toBe(words);
});

test.for([
  [-1, '0s'],
  [2500, '2s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [200_000_000, '2d'],
] as const)('%o ms are %o old.', ([ms, words]) => {
  expect(age(ms)).toBe(words);
});

test('A column has one unit.', () => {
  expect(inOneUnit([12, 999])).toEqual(['12 ms', '999 ms']);
  expect(inOneUnit([12, 1200])).toEqual(['0.01 s', '1.20 s']);
});

test('An id is shortened in the middle.', () => {
  expect(shortId('01a2b3c4-0000-7000-8000-00000009f3c')).toBe('01a2…9f3c');
  expect(shortId('order-1')).toBe('order-1');
  expect(shortId('a\u202eb')).toBe('a\\u202eb');
});

test.for([
  ['\u202Eevil', '\\u202eevil'],
  ['\u2066x\u2069', '\\u2066x\\u2069'],
  ['\u0000\u001B[31m\n\t\u007f\u009b', '\\u0000\\u001b[31m\\u000a\\u0009\\u007f\\u009b'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['line\u2028break', 'line\\u2028break'],
  ['\ud800 half', '\\ud800 half'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['Grüße 👋🏽 שלום', 'Grüße 👋🏽 שלום'],
] as const)('%j is shown as %j.', ([text, shown]) => {
  expect(visible(text)).toBe(shown);
});

test('A cut leaves no half of a pair.', () => {
  expect(cut('abcdef', 3)).toBe('abc…');
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('ab👋cd', 3)).toBe('ab…');
});
