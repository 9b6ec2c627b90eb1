import { SECRET, setPart, type Message } from './hostile-shop.ts';
import type { Random } from './random.ts';

type Json = unknown;
/** Makes a value, and the annotations that tell superjson what to revive it as. */
type Forgery = (random: Random) => { readonly data: Json; readonly meta: { readonly values?: Json } };

const values = (data: Json, tree: Json, more: object = {}) => ({
  data,
  meta: { values: tree, v: 1, ...more },
});
/** Puts a value and its annotation at a random path, which may be the root or deep. */
const at = (random: Random, data: Json, annotation: Json) => {
  const path = random.of([[], ['a'], ['list', '0'], ['a', 'b', 'c'], ['x.y']]);
  const whole = path
    .toReversed()
    .reduce<Json>((below, key) => (key === '0' ? [below] : { [key]: below }), data);
  const tree = [annotation];
  const key = path.map((part) => part.replaceAll('.', String.raw`\.`)).join('.');
  return values(whole, path.length === 0 ? tree : { [key]: tree });
};
const PATHS = [
  '__proto__',
  'constructor',
  'prototype',
  'a.__proto__',
  'a.constructor.prototype',
  'a.toString',
  'list.length',
  'list.-1',
  'list.9',
  'list.00x',
  'nowhere',
  'a.b.c',
  '',
  '.',
  '..',
  'a.',
  String.raw`a\x`,
  '\\',
  `${SECRET}.a`,
  'a.'.repeat(3000),
  'list.map.constructor.prototype.x',
];

const forgeries: Readonly<Record<string, Forgery>> = {
  'a kind that is refused': (random) =>
    at(
      random,
      random.of([SECRET, '/(a+)+$/g', { name: 'Error', message: SECRET }, [1], null, 7]),
      random.of([
        'regexp',
        'Error',
        'symbol',
        'function',
        'class',
        'toString',
        'constructor',
        '__proto__',
        'hasOwnProperty',
        SECRET,
        7,
        null,
        true,
        {},
        [],
      ]),
    ),
  'a compound kind that is refused': (random) =>
    at(
      random,
      random.of([[1, 2], {}, SECRET, null]),
      random.of([
        ['class', 'User'],
        ['class', 'Object'],
        ['symbol', 'iterator'],
        ['custom', 'Decimal'],
        ['custom', SECRET],
        ['typed-array', 'Buffer'],
        ['typed-array', 'BigInt64Array'],
        ['typed-array', 'Function'],
        ['typed-array', '__proto__'],
        ['typed-array', 'toString'],
        ['typed-array'],
        ['Date'],
        ['class'],
        ['typed-array', ['Uint8Array']],
      ]),
    ),
  'a kind of the wrong value': (random) =>
    at(
      random,
      ...random.of<readonly [Json, Json]>([
        [SECRET, 'Date'],
        [7, 'Date'],
        [['2026-01-01'], 'Date'],
        [{}, 'Date'],
        ['', 'Date'],
        [SECRET, 'bigint'],
        ['9'.repeat(5000), 'bigint'],
        ['0x10', 'bigint'],
        [7, 'bigint'],
        ['1n', 'bigint'],
        ['', 'bigint'],
        [SECRET, 'number'],
        [7, 'number'],
        [SECRET, 'URL'],
        ['//x', 'URL'],
        [7, 'URL'],
        [SECRET, 'undefined'],
        [0, 'undefined'],
        [SECRET, 'set'],
        [{ length: 3 }, 'set'],
        [null, 'set'],
        [[1, 2], 'map'],
        [[[1]], 'map'],
        [[[1, 2, 3]], 'map'],
        [{}, 'map'],
        [SECRET, 'map'],
        [[SECRET], ['typed-array', 'Uint8Array']],
        [{ length: 1e9 }, ['typed-array', 'Uint8Array']],
        [1e9, ['typed-array', 'Float64Array']],
        [[null], ['typed-array', 'Int8Array']],
      ]),
    ),
  'a path that leads elsewhere': (random) =>
    values(
      { a: { b: SECRET }, list: [SECRET] },
      { [random.of(PATHS)]: [random.of(['Date', 'set', 'undefined', 'regexp'])] },
    ),
  'a path below a key of its own': (random) =>
    values({ a: { b: '2026-01-01' } }, { a: { [random.of(PATHS.slice(0, 12))]: ['Date'] } }),
  'a value revived twice': (random) =>
    values(
      random.of([[['1'], ['1']], [[['1', '1']]]]),
      random.of([
        { 0: ['set'], '0.0': ['bigint'] },
        { 0: ['map'], '0.0': ['set'] },
        { 0: ['set', { 0: ['bigint'] }], '0.0': ['bigint'] },
        { 0: ['set', { 0: ['bigint'] }], '1.0': ['regexp'] },
      ]),
    ),
  'a value revived by two paths': (random) => {
    const kind = random.of(['bigint', 'Date', 'URL']);
    const value = { bigint: '1', Date: '2026-01-01', URL: 'http://a/' }[kind];
    return values({ a: { b: value } }, { 'a.b': [kind], a: { b: [kind] } });
  },
  'a RegExp': (random) => at(random, random.of(['/(a+)+$/g', '/a/', `/${SECRET}/`]), 'regexp'),
  'an Error': (random) => at(random, { name: 'Error', message: SECRET }, 'Error'),
  'shared references': (random) => {
    const levels = random.below(40) + 1;
    const data = Object.fromEntries(
      Array.from({ length: levels }, (_, i) => [`n${i}`, { a: null, b: null }]),
    );
    const equal = Object.fromEntries(
      Array.from({ length: levels }, (_, i) => [`n${i + 1}`, [`n${i}.a`, `n${i}.b`]]),
    );
    return {
      data,
      meta: {
        referentialEqualities: random.of<Json>([
          equal,
          [equal],
          [['n0.a'], equal],
          { n0: ['__proto__.polluted'] },
          { '__proto__.toString': ['n0.a'] },
          7,
        ]),
        v: 1,
        ...(random.isLucky(0.5) && { values: {} }),
      },
    };
  },
  'no tree': (random) =>
    values(
      [SECRET, '2026-01-01'],
      random.of([
        7,
        SECRET,
        true,
        null,
        [],
        [[]],
        [[], [], []],
        ['Date', {}, {}],
        ['Date', 7],
        [undefined, 7],
        { 1: 7 },
        { 1: null },
        { 1: [] },
        { 1: ['Date', []] },
        { 1: ['Date', { 0: ['Date'] }] },
      ]),
    ),
  'another version': (random) => ({
    data: ['2026-01-01'],
    meta: { values: { 0: ['Date'] }, v: random.of([0, 2, '1', null, undefined, -1, {}]) },
  }),
  'more than values': (random) =>
    values(
      ['2026-01-01'],
      { 0: ['Date'] },
      { [random.of(['dedupe', 'then', 'toString', 'json'])]: random.of([1, SECRET, {}]) },
    ),
  'very many': (random) => {
    const length = 10_001 + random.below(3000);
    const kind = random.of([
      ['Date', '2026-01-01'],
      ['bigint', '9'],
      ['undefined', null],
      ['set', []],
      ['number', '-0'],
    ] as const);
    return values(
      Array.from({ length }, () => kind[1]),
      Object.fromEntries(Array.from({ length }, (_, i) => [i, [kind[0]]])),
    );
  },
  'very many URLs': (random) => {
    const length = 5000 + random.below(1000);
    const host = random.of(['a', 'é'.repeat(20), 'xn--e1afmkfd', '蓝'.repeat(9), '1.1']);
    return values(
      Array.from({ length }, () => `http://${host}/a/../b`),
      Object.fromEntries(Array.from({ length }, (_, i) => [i, ['URL']])),
    );
  },
  'many long paths': (random) => {
    const [levels, length] = [100 + random.below(95), 1100];
    let data: Json = Array.from({ length }, () => '2026-01-01');
    for (let i = 0; i < levels; i++) data = { a: data };
    return values(
      data,
      Object.fromEntries(Array.from({ length }, (_, i) => [`${'a.'.repeat(levels)}${i}`, ['Date']])),
    );
  },
  'a deep tree': (random) => {
    let tree: Json = ['Date'];
    for (let i = random.below(500) + 420; i > 0; i--)
      tree = random.isLucky(0.5) ? { a: tree } : ['set', { 0: tree }];
    return values(['2026-01-01'], tree);
  },
};
const RARE = new Set(['very many', 'very many URLs', 'many long paths']);

/** Puts a forgery into a message that superjson would revive if the codec asked it to. Returns its kind. */
export function forgeRevivals(message: Message, random: Random): string {
  const kind = random.weighed(
    Object.keys(forgeries).map((kind) => [RARE.has(kind) ? 0.02 : 1, kind] as const),
  );
  const { data, meta } = forgeries[kind]!(random);
  if (random.isLucky(0.7)) setPart(message, 'data', data, meta);
  else setPart(message, 'meta', data, 'values' in meta ? { ...meta, values: { of: meta.values } } : meta);
  return kind;
}
