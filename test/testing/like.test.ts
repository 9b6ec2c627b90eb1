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
  [
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    new Map([
      ['b', 2],
      ['a', 1],
    ]),
  ],
  [new Set([1, 2]), new Set([1, 2])],
  [new Set([1, { a: 2, b: 3 }]), new Set([{ a: 2 }, 1])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new URL('https://a.example'), new URL('https://a.example/')],
  [new Error('a'), new Error('a')],
  [/a/g, /a/g],
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
  [new Set([1, 2]), new Set([1, 3])],
  [{ at: new URL('https://a.example') }, { at: new URL('https://b.example') }],
  ['https://a.example/', new URL('https://a.example')],
  [new Error('a'), new Error('b')],
  [Object.assign(new Error('a'), { code: 1 }), Object.assign(new Error('b'), { code: 1 })],
  [new TypeError('a'), new Error('a')],
  [/a/g, /a/],
  [new ArrayBuffer(1), new ArrayBuffer(1)],
  [{}, new Headers()],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [1, expect.any(String)],
  ['1', 1],
];

it.each(like)('%o is like %o', (value, expected) => expect(isLike(value, expected)).toBe(true));
it.each(unlike)('%o is not like %o', (value, expected) => expect(isLike(value, expected)).toBe(false));
