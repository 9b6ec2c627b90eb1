import { expect, it } from 'vitest';
import { SuperJSON } from 'superjson';
import { cloudEvents } from '../../src/wire/index.ts';
import { thrownBy, untyped } from '../core/shop.ts';
import { eventOf } from './shop.ts';

const codec = cloudEvents();

it('An event is encoded as a CloudEvents message, whose data any language can read.', () => {
  const event = eventOf(
    { id: '1', tags: ['a'], at: new Date('2026-02-03T04:05:06.789Z') },
    {
      name: 'order.placed',
      key: 'customer-1',
      path: 'shop.order',
      causationId: 'c0',
      depth: 2,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      meta: { tenant: 'acme' },
    },
  );
  expect(JSON.parse(cloudEvents({ source: '/shop' }).encode(event))).toEqual({
    specversion: '1.0',
    id: event.id,
    type: 'order.placed',
    source: '/shop',
    time: '2026-01-01T12:00:00.123Z',
    datacontenttype: 'application/json',
    correlationid: event.correlationId,
    causationid: 'c0',
    depth: 2,
    procedure: 'shop.order',
    partitionkey: 'customer-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
    meta: '{"tenant":"acme"}',
    superjson: '{"data":{"values":{"at":["Date"]},"v":1}}',
    data: { id: '1', tags: ['a'], at: '2026-02-03T04:05:06.789Z' },
  });
});

it('A message leaves out the attributes of fields that the event lacks.', () => {
  const { id, correlationId } = eventOf(undefined);
  expect(JSON.parse(codec.encode(eventOf(undefined)))).toEqual({
    specversion: '1.0',
    id,
    type: 'cat.spotted',
    source: '/trpc-events',
    time: '2026-01-01T12:00:00.123Z',
    correlationid: correlationId,
    depth: 0,
  });
});

it('A payload that JSON can express is never given to the transformer.', () => {
  const transformer = {
    serialize() {
      throw new Error('it was asked');
    },
    deserialize() {
      throw new Error('it was asked');
    },
  };
  const plain = cloudEvents({ transformer });
  const event = eventOf({ a: [1, 'two', null, { b: true }], deep: { c: [] } }, { meta: { tenant: 'acme' } });
  expect(plain.decode(plain.encode(event))).toMatchObject({ payload: event.payload, meta: event.meta });
  expect(thrownBy(() => plain.encode(eventOf({ at: new Date() })))).toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message:
      'The payload of "cat.spotted" can\'t travel in a message: the transformer threw Error: it was asked.',
  });
});

class Money {
  constructor(readonly cents: number) {}
}
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const sparse = [1, 2];
sparse.length = 4;

it.each<[string, unknown, string]>([
  ['a function', { a: { b: [0, () => {}] } }, ', at a.b[1]: it is a function.'],
  ['a symbol', [Symbol('x')], ', at [0]: it is a symbol.'],
  ['a symbol as a key', { a: { [Symbol('x')]: 1 } }, ', at a: it has a symbol as a key.'],
  ['an invalid Date', { at: new Date(Number.NaN) }, ', at at: it is an invalid Date.'],
  ['an Error', { cause: new TypeError('secret') }, ', at cause: it is an Error: send what is needed of it.'],
  ['a RegExp', { of: [/secret/] }, ', at of[0]: it is a RegExp.'],
  [
    'a Buffer',
    { bytes: Buffer.from('secret') },
    ', at bytes: bytes travel as a Uint8Array: make one by `new Uint8Array(bytes)`.',
  ],
  [
    'an ArrayBuffer',
    new ArrayBuffer(2),
    ': bytes travel as a Uint8Array: make one by `new Uint8Array(bytes)`.',
  ],
  [
    'a BigInt64Array',
    new BigInt64Array(2),
    ': bytes travel as a Uint8Array: make one by `new Uint8Array(bytes)`.',
  ],
  ['-0 in a typed array', { at: new Float32Array([-0]) }, ', at at: it is a typed array with -0.'],
  ['NaN in a typed array', new Float64Array([1, Number.NaN]), ': it is a typed array with NaN.'],
  [
    'an instance',
    { price: new Money(5) },
    ', at price: it is an instance of a class: send a plain object, or give cloudEvents a transformer that knows the class.',
  ],
  ['an instance in a Map', new Map([['k', new Money(5)]]), ', at [0][1]: it is an instance of a class'],
  ['a cycle', cyclic, `, at self${'.self'.repeat(19)}…: it is nested deeper than 200 levels.`],
  ['a hole', { list: sparse }, ', at list[2]: it is a hole in an array.'],
  ['the key constructor', { a: { constructor: 1 } }, ', at a.constructor: no key may be called that.'],
  ['the key __proto__', JSON.parse('{"__proto__":1}'), ', at __proto__: no key may be called that.'],
  ['a very long bigint', { n: 10n ** 5000n }, ', at n: it has over 4096 digits.'],
  [
    'very many dates',
    Array.from({ length: 10_001 }, () => new Date(0)),
    ", at [10000]: it has more than 10000 values that JSON can't say, such as dates.",
  ],
])('%s is refused with an error that names its path, but not its value.', (_what, payload, message) => {
  const error = thrownBy(() => codec.encode(eventOf(payload))) as Error;
  expect(error).toMatchObject({ code: 'NOT_SERIALIZABLE' });
  expect(error.message).toContain(`The payload of "cat.spotted" can't travel in a message${message}`);
  expect(error.message).not.toContain('secret');
});

it('A function in meta is refused with its path, too.', () => {
  expect(thrownBy(() => codec.encode(eventOf(1, { meta: { user: { of: () => {} } } })))).toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message: "The meta of an event can't travel in a message, at user.of: it is a function.",
  });
});

it('A message that is longer than maxBytes is refused; bytes are counted, not characters.', () => {
  const small = cloudEvents({ maxBytes: 300 });
  expect(small.encode(eventOf('x'.repeat(10)))).toBeTypeOf('string');
  for (const payload of ['x'.repeat(300), '€'.repeat(40)]) {
    expect(thrownBy(() => small.encode(eventOf(payload)))).toMatchObject({
      code: 'NOT_SERIALIZABLE',
      message:
        'The message of "cat.spotted" is longer than maxBytes, 300. Send what the listeners need, or where they find it.',
    });
  }
});

it('Instances of a class travel only if the given transformer knows the class.', () => {
  const transformer = new SuperJSON();
  transformer.registerCustom<Money, number>(
    {
      isApplicable: (value): value is Money => value instanceof Money,
      serialize: ({ cents }) => cents,
      deserialize: (cents) => new Money(cents),
    },
    'Money',
  );
  class Other {
    readonly b = 1;
  }
  const mine = cloudEvents({ transformer });
  const payload = { price: new Money(5), list: [new Money(6)], at: new Date(0) };
  const text = mine.encode(eventOf(payload));
  expect(JSON.parse(text)).toMatchObject({ data: { price: 5, list: [6] } });
  expect(mine.decode(text).payload).toStrictEqual(payload);
  expect(thrownBy(() => mine.encode(eventOf({ a: new Money(1), b: new Other() })))).toMatchObject({
    message: expect.stringContaining(
      'it is an instance of a class that the transformer does not know by registerCustom',
    ),
  });
  // A codec with another transformer revives no classes, so it refuses the message.
  expect(thrownBy(() => codec.decode(text))).toMatchObject({ code: 'BAD_MESSAGE' });
});

it('An object that occurs twice in a payload becomes two.', () => {
  const url = new URL('https://example.org/');
  const date = new Date(0);
  const { payload } = codec.decode(codec.encode(eventOf({ a: url, b: url, c: [date, date] })));
  const { a, b } = payload as { a: URL; b: URL };
  expect(payload).toEqual({ a: url, b: url, c: [date, date] });
  expect(a).not.toBe(b);
});

it.each<[unknown, string]>([
  [{ source: '' }, 'cloudEvents: source must be a URI or a path, such as /shop, not "".'],
  [{ source: 'my shop' }, 'cloudEvents: source must be a URI or a path, such as /shop, not "my shop".'],
  [{ transformer: {} }, 'cloudEvents: transformer must be a transformer, such as superjson, not an object.'],
  [{ maxBytes: 0 }, 'cloudEvents: maxBytes must be a positive integer, not 0.'],
  [{ sauce: '/x' }, 'cloudEvents has no option "sauce". Did you mean "source"?'],
  ['/x', 'cloudEvents takes an object of options, not "/x".'],
])('The options %j are refused.', (options, message) => {
  expect(thrownBy(() => untyped(cloudEvents)(options))).toMatchObject({ code: 'BAD_OPTION', message });
});
