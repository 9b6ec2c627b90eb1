import { expect, it } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { makeMessage } from '../../src/pubsub/send/message.ts';
import { readSettings, type PubsubForwarderOptions } from '../../src/pubsub/send/options.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { Publisher } from '../servers/pubsub/protos.ts';
import { stage } from './shop.ts';

const event: AnyEvent = {
  id: '0198c5f2-7a3b-7cc1-8d2f-1234567890ab',
  name: 'order.placed',
  payload: { n: 1 },
  time: new Date(0),
  correlationId: 'c',
  depth: 0,
  meta: {},
};
const make = (options: Partial<PubsubForwarderOptions> = {}, given: Partial<AnyEvent> = {}) =>
  makeMessage({ ...event, ...given }, readSettings({ topic: 'orders', ...options }));
const OWN = { event: 'order.placed', 'content-type': 'application/cloudevents+json' };

it('A message has the text of the codec, the name of its event and the type of the text as attributes, and no key.', () => {
  const { data, attributes, orderingKey } = make({}, { key: 'k' });
  expect(cloudEvents().decode(String(data))).toMatchObject({ id: event.id, payload: { n: 1 } });
  expect({ ...attributes }).toEqual(OWN);
  expect(orderingKey).toBe('');
});

it('The trace context is among the attributes, with what the application adds, without what is empty.', () => {
  const added = { tenant: 'é', total: 12.5, empty: '', none: undefined, __proto__: 'x' };
  const { attributes } = make({ attributes: () => added }, { traceparent: '00-a-b-01', tracestate: 'x=y' });
  expect({ ...attributes }).toEqual({
    ...OWN,
    traceparent: '00-a-b-01',
    tracestate: 'x=y',
    tenant: 'é',
    total: '12.5',
  });
  for (const tracestate of ['', 'x'.repeat(1025)])
    expect({ ...make({ attributes: () => undefined }, { tracestate }).attributes }).toEqual(OWN);
});

it('An ordering key is what `orderingKey` returns, and none if that is empty.', () => {
  const keyOf = (orderingKey: PubsubForwarderOptions['orderingKey']) => make({ orderingKey }).orderingKey;
  expect(keyOf(({ name }) => name)).toBe('order.placed');
  expect([keyOf(() => undefined), keyOf(() => '')]).toEqual(['', '']);
  expect(keyOf(() => 'é'.repeat(512))).toHaveLength(512);
});

it('The size is never below that of the encoded message, and not far above.', () => {
  const encode = Publisher.service['Publish']!.requestSerialize;
  const long = Object.fromEntries(
    Array.from({ length: 90 }, (_, i) => [`${'é'.repeat(60)}${i}`, 'é'.repeat(400)]),
  );
  for (const length of [0, 1, 100, 127, 128, 16_383, 16_384, 400_000])
    for (const attributes of [undefined, { a: 'é' }, long]) {
      const text = 'é'.repeat(length);
      const orderingKey = () => text.slice(0, 500);
      const { bytes, ...message } = make(
        { attributes: () => attributes, orderingKey },
        { payload: { text } },
      );
      const encoded = encode({ messages: [message] }).length;
      expect(bytes).toBeGreaterThanOrEqual(encoded);
      expect(bytes - encoded).toBeLessThan(20 * (Object.keys(message.attributes).length + 1));
    }
});

it('Half of a character, in a key or an attribute, does not make a request that nobody can read.', async () => {
  await using it = await stage({
    orderingKey: () => 'a\uD83D',
    attributes: () => ({ 'name\uDE00': '\uD83D' }),
  });
  await it.bus.publish('order.placed', { n: 1, text: '\uD83D' });
  expect(it.errors).toEqual([]);
  expect(it.messages()[0]).toMatchObject({
    orderingKey: 'a\uFFFD',
    attributes: { 'name\uFFFD': '\uFFFD' },
  });
  expect(cloudEvents().decode(String(it.messages()[0]!.data)).payload).toEqual({ n: 1, text: '\uD83D' });
});

it('Attributes, a key and the type of the text arrive.', async () => {
  await using it = await stage({
    attributes: ({ meta }) => ({ tenant: String((meta as { tenant?: string }).tenant), size: 7 }),
  });
  await it.bus.publish('order.placed', { n: 1 }, { meta: { tenant: 'é' }, key: 'k' });
  expect(it.messages()).toMatchObject([{ orderingKey: 'k', attributes: { ...OWN, tenant: 'é', size: '7' } }]);
});

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
it('A message takes 100 attributes, of the longest names and values that Pub/Sub takes.', async () => {
  await using it = await stage({
    attributes: () => ({ ...many(97), ['é'.repeat(128)]: 'é'.repeat(512) }),
    orderingKey: () => 'é'.repeat(512),
  });
  await it.flush(2);
  expect([it.errors, it.sent()]).toEqual([[], [0, 1]]);
});

it.for<[what: string, options: Partial<PubsubForwarderOptions>, message: RegExp]>([
  [
    'a key over 1,024 bytes',
    { orderingKey: () => 'é'.repeat(513) },
    /its ordering key has 1026 bytes, and Pub\/Sub takes 1024: let orderingKey return a shorter one, such as a hash/,
  ],
  ['a key that is no text', { orderingKey: () => 7 as never }, /orderingKey must return a text, not 7/],
  [
    '101 attributes',
    { attributes: () => many(99) },
    /it has 101 attributes, and Pub\/Sub takes 100: let attributes return fewer/,
  ],
  [
    'a value over 1,024 bytes',
    { attributes: () => ({ a: 'é'.repeat(513) }) },
    /the attribute "a" has 1026 bytes, and Pub\/Sub takes 1024/,
  ],
  [
    'an attribute of a name that is too long',
    { attributes: () => ({ ['a'.repeat(257)]: 'x' }) },
    /Pub\/Sub takes no attribute of the name "a+…": use from 1 to 256 bytes, and no goog in front/,
  ],
  [
    'an attribute of a name that is Google’s',
    { attributes: () => ({ googclient_x: 'x' }) },
    /Pub\/Sub takes no attribute of the name "googclient_x"/,
  ],
  ['an attribute without a name', { attributes: () => ({ '': 'x' }) }, /no attribute of the name ""/],
  [
    'attributes that are a promise',
    { attributes: (async () => ({ a: 'x' })) as never },
    /attributes must return an object of attributes, not an object/,
  ],
  ['attributes in a Map', { attributes: () => new Map() as never }, /attributes must return an object/],
  [
    'an attribute of the forwarder’s own name',
    { attributes: () => ({ 'content-type': 'text/plain' }) },
    /the attribute "content-type" is the forwarder's own: let attributes use another name/,
  ],
  [
    'an attribute of a bad value',
    { attributes: () => ({ a: Number.NaN }) },
    /the attribute "a" must be a text or a finite number, not NaN/,
  ],
  [
    'a codec that gives no text',
    { codec: { encode: () => undefined as never, decode: () => event } },
    /its codec must encode it as a text that is not empty, not as undefined/,
  ],
  [
    'a function that throws',
    {
      orderingKey: () => {
        throw new TypeError('no tenant');
      },
    },
    /TypeError: no tenant/,
  ],
  [
    'an event over maxBytes',
    { maxBytes: 100 },
    /its message has \d+ bytes, and maxBytes is 100: send what the listeners need, or where they find it/,
  ],
])('What can not be sent is refused by name: %s.', ([, options, message]) => {
  expect(() => make(options)).toThrow(
    expect.objectContaining({
      code: 'SEND_FAILED',
      message: expect.stringMatching(/^pubsub\/orders can't send "order\.placed": /),
    }),
  );
  expect(() => make(options)).toThrow(message);
});

it('An EventsError of the codec is passed on as it is.', () => {
  const make1 = () => make({}, { payload: { fn: () => 1 } });
  expect(make1).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE' }));
});
