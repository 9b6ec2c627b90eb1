import { expect, it } from 'vitest';
import { cloudEvents } from '../../src/wire/index.ts';
import { thrownBy } from '../core/shop.ts';
import { eventOf } from './shop.ts';

const codec = cloudEvents();

function nested(levels: number, wrap: (below: unknown) => unknown, leaf: unknown = 'leaf'): unknown {
  let value = leaf;
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
}
const list = <T>(length: number, item: (i: number) => T) => Array.from({ length }, (_, i) => item(i));

/** The largest number of each kind that can travel, and the reason why one more is refused. */
const limits: [string, number, (size: number) => unknown, string][] = [
  ['objects in objects', 201, (n) => nested(n, (a) => ({ a })), 'nested deeper than 200 levels'],
  ['lists in lists', 201, (n) => nested(n, (a) => [a]), 'nested deeper than 200 levels'],
  ['Sets in Sets', 201, (n) => nested(n, (a) => new Set([a])), 'nested deeper than 200 levels'],
  ['Maps in Maps', 101, (n) => nested(n, (a) => new Map([[1, a]])), 'nested deeper than 200 levels'],
  ['Maps as keys of Maps', 101, (n) => nested(n, (a) => new Map([[a, 1]])), 'nested deeper than 200 levels'],
  ['a Date in objects', 200, (n) => nested(n, (a) => ({ a }), new Date(0)), 'nested deeper than 200 levels'],
  [
    'objects with many names',
    201,
    (n) => nested(n, (a) => ({ 'a.b\\c': a }), 1n),
    'nested deeper than 200 levels',
  ],
  ['numbers', 24_999, (n) => list(n, (i) => i), 'it has more than 25000 values, which is maxValues'],
  ['bytes', 24_999, (n) => new Uint8Array(n), 'it has more than 25000 values, which is maxValues'],
  ['pairs of a Map', 8333, (n) => new Map(list(n, (i) => [i, i] as const)), 'more than 25000 values'],
  ['objects', 12_499, (n) => list(n, () => ({})), 'it has more than 25000 values, which is maxValues'],
  ['keys', 24_999, (n) => Object.fromEntries(list(n, (i) => i).map((i) => [`k${i}`, 0])), 'more than 25000'],
  ['dates', 10_000, (n) => list(n, (i) => new Date(i)), "more than 10000 values that JSON can't say"],
  [
    'typed arrays',
    10_000,
    (n) => list(n, () => new Int8Array()),
    "more than 10000 values that JSON can't say",
  ],
  ['digits of a bigint', 4096, (n) => 10n ** BigInt(n - 1), 'it has over 4096 digits'],
  ['URLs', 4761, (n) => list(n, () => new URL('http://a/')), 'or too many URLs'],
  [
    'dates, deep',
    523,
    (n) =>
      nested(
        189,
        (a) => ({ a }),
        list(n, () => new Date(0)),
      ),
    'too deep, or too many URLs',
  ],
];

it.each(limits)('Every encoded value is decoded, up to the limit: %s.', (_, most, make, why) => {
  expect(codec.decode(codec.encode(eventOf(make(most)))).payload).toEqual(make(most));
  const event = eventOf(1, { meta: { a: make(most - 1) } });
  if (most < 250) expect(codec.decode(codec.encode(event)).meta).toEqual(event.meta);
  expect(thrownBy(() => codec.encode(eventOf(make(most + 1))))).toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message: expect.stringContaining(why),
  });
});

it('A message with more values than maxValues is refused before it is parsed.', () => {
  const text = (length: number) =>
    codec.encode(eventOf('x')).replace('"x"', `[${list(length, (i) => i).join(',')}]`);
  expect(codec.decode(text(25_000)).payload).toHaveLength(25_000);
  expect(thrownBy(() => codec.decode(text(26_000)))).toMatchObject({
    code: 'BAD_MESSAGE',
    message: 'A message is refused: it has more than 25100 values.',
  });
  // This text is not JSON, but it is refused for its values, because they are counted first.
  expect(thrownBy(() => codec.decode(`${text(26_000)}}`))).toMatchObject({
    message: 'A message is refused: it has more than 25100 values.',
  });
  const large = cloudEvents({ maxValues: 100_000 });
  const payload = list(99_999, (i) => i);
  expect(large.decode(large.encode(eventOf(payload))).payload).toEqual(payload);
  expect(thrownBy(() => codec.decode(large.encode(eventOf(payload))))).toMatchObject({ code: 'BAD_MESSAGE' });
});

it('Commas and brackets in strings do not count as values, whatever comes before the quotes.', () => {
  for (const payload of [
    ',[{'.repeat(50_000),
    // If one quote were misread, half of the commas would count as outside of the string.
    '",\\'.repeat(60_000),
    '\\",'.repeat(60_000),
    `${'\\'.repeat(99_999)}`,
  ])
    expect(codec.decode(codec.encode(eventOf(payload))).payload).toBe(payload);
});

it('maxValues must be a positive integer.', () => {
  expect(thrownBy(() => cloudEvents({ maxValues: 0 }))).toMatchObject({
    code: 'BAD_OPTION',
    message: 'cloudEvents: maxValues must be a positive integer, not 0.',
  });
});
