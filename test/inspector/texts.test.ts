import { expect, test } from 'vitest';
import { BY_NAMES, hidingOf } from '../../src/inspector/text/hiding.ts';
import { Secrets } from '../../src/inspector/text/secrets.ts';
import { writeError } from '../../src/inspector/text/write-error.ts';
import { writeValue } from '../../src/inspector/text/write-value.ts';

const KIB_64 = 64 * 1024;
const written = (value: unknown, most = KIB_64) => JSON.parse(writeValue(value, most).text) as unknown;

test('Values that JSON has are written as JSON.', () => {
  const value = { a: [1, 'two', null, true, { b: '\u0000\u202e</script>' }], '': {} };
  expect(written(value)).toEqual(value);
  expect(writeValue(value, KIB_64).text).toBe(JSON.stringify(value));
});

test('Values that JSON lacks are written as objects with $.', () => {
  const made = written({
    date: new Date(0),
    map: new Map<unknown, unknown>([['a', 1]]),
    set: new Set([1]),
    big: 5n,
    none: undefined,
    nan: NaN,
    bytes: new Uint8Array(3),
    url: new URL('http://a/'),
    symbol: Symbol('s'),
    own: { $: 'redacted' },
    error: new Error('no'),
    never: new Date(NaN),
  });
  expect(made).toEqual({
    date: { $: 'date', value: '1970-01-01T00:00:00.000Z' },
    map: { $: 'map', value: [['a', 1]] },
    set: { $: 'set', value: [1] },
    big: { $: 'bigint', value: '5' },
    none: { $: 'undefined' },
    nan: { $: 'number', value: 'NaN' },
    bytes: { $: 'bytes', value: '3' },
    url: { $: 'url', value: 'http://a/' },
    symbol: { $: 'symbol', value: 'Symbol(s)' },
    own: { $: 'object', value: [['$', 'redacted']] },
    error: { $: 'error', value: 'Error: no' },
    never: { $: 'date', value: 'Invalid Date' },
  });
});

test('Hostile values are written too: circles, getters and proxies that throw, 100,000 levels, huge numbers.', () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle['self'] = circle;
  expect(written(circle)).toEqual({ a: 1, self: { $: 'circle' } });
  const getter = Object.defineProperty({ b: 2 }, 'a', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  expect(written(getter)).toEqual({ b: 2, a: { $: 'threw', value: 'Error: no' } });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(written([1, proxy])).toMatchObject([1, { $: 'threw' }]);
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(writeValue(deep, KIB_64).isCut).toBe(true);
  expect(written(10n ** 100_000n)).toMatchObject({ $: 'bigint' });
  const hostileError = Object.defineProperty(new Error(), 'message', {
    get: () => {
      throw new Error('no');
    },
  });
  expect(written(hostileError)).toMatchObject({ $: 'error' });
});

test.for([
  { what: 'a text of 5 MB', value: 'x'.repeat(5_000_000) },
  { what: 'a list of 1,000,000 numbers', value: Array.from({ length: 1_000_000 }, (_, i) => i) },
  {
    what: 'an object of 100,000 keys',
    value: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
  },
  { what: 'a key of 5 MB', value: { ['k'.repeat(5_000_000)]: 1, b: 'x'.repeat(70_000) } },
  { what: 'a Map of 100,000 pairs', value: new Map(Array.from({ length: 100_000 }, (_, i) => [i, 'x'])) },
  {
    what: 'escapes of 5 MB',
    value: ['\u0000'.repeat(30_000), '\u0000'.repeat(30_000), '\u0000'.repeat(30_000)],
  },
])('$what is cut at about 64 KiB, and stays JSON.', ({ value }) => {
  const { text, isCut } = writeValue(value, KIB_64);
  expect(isCut).toBe(true);
  expect(text.length).toBeLessThan(7 * KIB_64);
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test('Key names that mean a secret hide their values, however they are spelled and how deep they stand.', () => {
  const value = {
    password: 'hunter22',
    nested: [
      { accessToken: 'tok-1234' },
      { 'set-cookie': 'sid=99887' },
      { client_secret: { a: 'deep-secret' } },
    ],
    headers: new Map([['Authorization', 'Bearer 4711']]),
    fine: 1,
  };
  const { text } = writeValue(value, KIB_64);
  for (const secret of ['hunter22', 'tok-1234', '99887', 'deep-secret', '4711'])
    expect(text).not.toContain(secret);
  expect(text).toContain('"fine":1');
});

test('Paths hide their values, in lists too, and what is hidden is replaced wherever else it stands.', () => {
  const secrets = new Secrets();
  const hiding = hidingOf(['card.number', 'lines.*.price'], []);
  const value = {
    card: { number: '4111-1111', name: 'Ada' },
    lines: [{ price: 1234567, sku: 'a' }],
    note: 'charged 4111-1111',
    total: 1234567,
  };
  const made = JSON.parse(writeValue(value, KIB_64, hiding, secrets).text) as unknown;
  expect(made).toEqual({
    card: { number: { $: 'redacted' }, name: 'Ada' },
    lines: [{ price: { $: 'redacted' }, sku: 'a' }],
    note: 'charged [redacted]',
    total: { $: 'redacted' },
  });
  const thrown = new Error('card 4111-1111 refused', { cause: new Error('4111-1111') });
  expect(JSON.stringify(writeError(thrown, secrets, true))).not.toContain('4111');
});

test('Values that a JSON Schema calls writeOnly are hidden, behind references, lists and alternatives too.', () => {
  const pin = { type: 'string', writeOnly: true };
  const schema = {
    anyOf: [{ properties: { pin, list: { items: { $ref: '#/definitions/Node' } } } }, { type: 'null' }],
    definitions: { Node: { allOf: [{ properties: { pin, next: { $ref: '#/definitions/Node' } } }] } },
  };
  const hiding = hidingOf([], [schema]);
  const value = { pin: 'p-1', list: [{ pin: 'p-2', next: { pin: 'p-3', open: 'yes' } }] };
  const { text } = writeValue(value, KIB_64, hiding);
  expect(text).not.toMatch(/p-\d/);
  expect(text).toContain('yes');
  expect(hidingOf([], [{ type: 'string' }])).toBe(BY_NAMES);
});

test('Whatever is thrown has a text.', () => {
  const none = new Secrets();
  expect(writeError('no', none, true)).toEqual({ name: 'string', message: 'no' });
  expect(writeError(undefined, none, true)).toEqual({ name: 'undefined', message: 'undefined' });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(writeError(proxy, none, true).message).toBe('something that has no text');
  const circle = new Error('a');
  circle.cause = circle;
  expect(writeError(circle, none, true).cause?.cause?.cause).toBeUndefined();
  expect(writeError(new Error('x'.repeat(1_000_000)), none, true).message.length).toBeLessThan(2100);
  expect(JSON.stringify(writeError(new Error('at 4711'), none, false))).not.toContain('4711');
});
