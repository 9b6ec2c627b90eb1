import { expect, it } from 'vitest';
import { isLike } from '../../src/testing/recorder/like.ts';

const like: [unknown, unknown][] = [
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: { b: [{ c: 1, d: 2 }] } }, { a: { b: [{ c: 1 }] } }],
  [{ a: undefined }, { a: undefined }],
  [{}, { a: undefined }],
  [Number.NaN, Number.NaN],
  [new Date(1), new Date(1)],
  [new Map([['a', { b: 1, c: 2 }]]), new Map([['a', { b: 1 }]])],
  [new Set([1, 2]), new Set([1, 2])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ['text', expect.any(String)],
  [{ a: 'text' }, { a: expect.stringContaining('ex') }],
];
const unlike: [unknown, unknown][] = [
  [{ b: 1 }, { a: 1 }],
  [{ a: 1 }, { a: 2 }],
  [{ a: [1, 2] }, { a: [1] }],
  [{ 0: 1, length: 1 }, [1]],
  [[1], { 1: 1 }],
  [undefined, {}],
  [null, {}],
  [new Date(1), new Date(2)],
  [1, new Date(1)],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Set([1]), new Map([[1, 1]])],
  [new Set([1]), new Set([2])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [1, expect.any(String)],
  ['1', 1],
];

it.each(like)('%o is like %o', (value, expected) => expect(isLike(value, expected)).toBe(true));
it.each(unlike)('%o is not like %o', (value, expected) => expect(isLike(value, expected)).toBe(false));
