import { expect, it } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { makeMessage } from '../../src/sqs/send/message.ts';
import { readSettings, type SqsForwarderOptions } from '../../src/sqs/send/options.ts';
import { cloudEvents } from '../../src/wire/index.ts';

const ORDERS = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const FIFO = `${ORDERS}.fifo`;
const event: AnyEvent = {
  id: '0198c5f2-7a3b-7cc1-8d2f-1234567890ab',
  name: 'order.placed',
  payload: { n: 1 },
  time: new Date(0),
  correlationId: 'c',
  depth: 0,
  meta: {},
};
const make = (options: Partial<SqsForwarderOptions> = {}, given: Partial<AnyEvent> = {}) =>
  makeMessage({ ...event, ...given }, readSettings({ queueUrl: ORDERS, ...options }));
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

it('A message has the text of the codec, and the name of its event as an attribute.', () => {
  const { body, attributes, groupId, deduplicationId, delaySeconds } = make();
  expect(cloudEvents().decode(body)).toMatchObject({ id: event.id, payload: { n: 1 } });
  expect(attributes).toEqual({ event: text('order.placed') });
  expect([groupId, deduplicationId, delaySeconds]).toEqual([undefined, undefined, undefined]);
});

it('The trace context is among the attributes, with what the application adds, without what is empty.', () => {
  const bytes = new Uint8Array([1]);
  const added = { tenant: 'a', total: 12.5, bytes, empty: '', none: undefined, nothing: new Uint8Array() };
  const { attributes } = make({ attributes: () => added }, { traceparent: '00-a-b-01', tracestate: 'x=y' });
  expect(attributes).toEqual({
    event: text('order.placed'),
    traceparent: text('00-a-b-01'),
    tracestate: text('x=y'),
    tenant: text('a'),
    total: { DataType: 'Number', StringValue: '12.5' },
    bytes: { DataType: 'Binary', BinaryValue: bytes },
  });
  expect(make({ attributes: () => undefined }, { tracestate: '' }).attributes).toEqual({
    event: text('order.placed'),
  });
});

it('The size counts bytes of UTF-8: those of the body, and of names, types and values of attributes.', () => {
  const attributes = () => ({ a: 'é', b: new Uint8Array(7) });
  const codec = { encode: () => 'é'.repeat(10), decode: () => event };
  const bytes = 20 + 'eventStringorder.placed'.length + 'aString'.length + 2 + 'bBinary'.length + 7;
  expect(make({ codec, attributes, maxBytes: bytes }).bytes).toBe(bytes);
  expect(() => make({ codec, attributes, maxBytes: bytes - 1 })).toThrow(
    `sqs/orders can't send "order.placed": its message has ${bytes} bytes, and maxBytes is ${bytes - 1}: send what the listeners need, or where they find it`,
  );
});

it('U+FFFE and U+FFFF are escaped, so that SQS takes them and the receiver finds them.', () => {
  const payload = { text: 'a\uFFFEb\uFFFF\u{10FFFF}' };
  const { body } = make({}, { payload });
  expect(body).not.toMatch(/[\uFFFE\uFFFF]/);
  expect(cloudEvents().decode(body).payload).toEqual(payload);
});

it('On a FIFO queue the group is the key, and the deduplication id is the id.', () => {
  expect(make({ queueUrl: FIFO }, { key: 'k' })).toMatchObject({ groupId: 'k', deduplicationId: event.id });
  const options = { groupId: () => 'g', deduplicationId: ({ name }: AnyEvent) => name };
  expect(make({ queueUrl: FIFO, ...options })).toMatchObject({
    groupId: 'g',
    deduplicationId: 'order.placed',
  });
});

it('On a standard queue the key is no group, and `groupId` is.', () => {
  expect(make({}, { key: 'k' }).groupId).toBeUndefined();
  expect(make({ groupId: ({ key }) => key }, { key: 'k' }).groupId).toBe('k');
  expect(make({ groupId: () => undefined }).groupId).toBeUndefined();
});

it('An id that SQS would not take is hashed: the same for the same id, another for another.', () => {
  const groupOf = (key: string) => make({ queueUrl: FIFO }, { key }).groupId;
  const odd = ['a b', 'é', 'x'.repeat(129), 'x'.repeat(130)];
  const hashed = odd.map(groupOf);
  for (const group of hashed) expect(group).toMatch(/^[\da-f]{64}$/);
  expect(new Set(hashed).size).toBe(odd.length);
  expect(odd.map(groupOf)).toEqual(hashed);
  expect(groupOf('x'.repeat(128))).toBe('x'.repeat(128));
  expect(make({ queueUrl: FIFO }, { key: 'k', id: 'a b' }).deduplicationId).toMatch(/^[\da-f]{64}$/);
});

it('A delay is that of the forwarder, or what its function returns for the event.', () => {
  expect(make({ delaySeconds: 900 }).delaySeconds).toBe(900);
  expect(make({ delaySeconds: ({ name }) => name.length }).delaySeconds).toBe(12);
  expect(make({ delaySeconds: () => undefined }).delaySeconds).toBeUndefined();
});

const eleven = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, 'x']));
it.for<[what: string, options: Partial<SqsForwarderOptions>, message: RegExp]>([
  [
    'an event without a group',
    { queueUrl: FIFO },
    /a FIFO queue needs a group, and the event has none: dispatch it with \{ key \}, or give the forwarder groupId/,
  ],
  ['a group that is no text', { groupId: () => 7 as never }, /groupId must return a text, not 7/],
  [
    'a delay over 900 s',
    { delaySeconds: () => 901 },
    /delaySeconds must return a whole number of seconds from 0 to 900, not 901/,
  ],
  [
    'attributes that are a promise',
    { attributes: (async () => ({ a: 'x' })) as never },
    /attributes must return an object of attributes, not an object/,
  ],
  ['attributes in a Map', { attributes: () => new Map() as never }, /attributes must return an object/],
  [
    'an attribute of the forwarder’s own name',
    { attributes: () => ({ event: 'other' }) },
    /the attribute "event" is the forwarder's own: let attributes use another name/,
  ],
  ['eleven attributes', { attributes: () => eleven }, /it has 11 attributes, and SQS takes 10/],
  [
    'an attribute of a bad name',
    { attributes: () => ({ 'AWS.x': 'y' }) },
    /SQS takes no attribute of the name "AWS\.x"/,
  ],
  [
    'an attribute of a bad value',
    { attributes: () => ({ a: Number.NaN }) },
    /the attribute "a" must be a text, a finite number or a Uint8Array, not NaN/,
  ],
  [
    'attributes that are a list',
    { attributes: () => [] as never },
    /attributes must return an object of attributes, not an empty list/,
  ],
  [
    'a codec that gives no text',
    { codec: { encode: () => undefined as never, decode: () => event } },
    /its codec must encode it as a text that is not empty, not as undefined/,
  ],
  [
    'a codec that gives a promise',
    { codec: { encode: () => Promise.resolve('') as never, decode: () => event } },
    /not as an object/,
  ],
  [
    'a function that throws',
    {
      groupId: () => {
        throw new TypeError('no tenant');
      },
    },
    /TypeError: no tenant/,
  ],
])('What can not be sent is refused by name: %s.', ([, options, message]) => {
  expect(() => make(options)).toThrow(
    expect.objectContaining({
      code: 'SEND_FAILED',
      message: expect.stringMatching(/^sqs\/orders(\.fifo)? can't send "order\.placed": /),
    }),
  );
  expect(() => make(options)).toThrow(message);
});

it('An EventsError of the codec is passed on as it is.', () => {
  const make1 = () => make({}, { payload: { fn: () => 1 } });
  expect(make1).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE' }));
});
