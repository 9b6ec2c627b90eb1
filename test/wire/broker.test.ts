import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../src/index.ts';
import { cloudEvents, type BrokerMessage } from '../../src/wire/index.ts';
import { thrownBy } from '../core/shop.ts';

const codec = cloudEvents({ source: '/worker' });
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const OTHER = '00-11111111111111111111111111111111-2222222222222222-00';

/** Makes a message of another producer, which sends the least that CloudEvents asks for. */
const textOf = (attributes: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'order.placed',
    source: '/erp',
    data: { id: '1' },
    ...attributes,
  });
const from = (over: Partial<BrokerMessage> = {}): BrokerMessage => ({
  id: 'broker-7',
  time: new Date('2026-02-03T04:05:06.007Z'),
  attributes: {},
  ...over,
});

it("A text without id and time gets the broker's.", () => {
  for (const text of [textOf(), textOf({ id: null, time: null })]) {
    expect(codec.decode(text, from())).toMatchObject({
      id: 'broker-7',
      time: new Date('2026-02-03T04:05:06.007Z'),
      source: '/erp',
    });
  }
});

it("A text's own id, time and trace count, whatever the broker says.", () => {
  const text = textOf({ id: 'own', time: '2026-01-01T00:00:00Z', traceparent: TRACE, tracestate: 'a=1' });
  const attributes = { traceparent: OTHER, tracestate: 'b=2' };
  expect(codec.decode(text, from({ attributes }))).toMatchObject({
    id: 'own',
    time: '2026-01-01T00:00:00Z',
    traceparent: TRACE,
    tracestate: 'a=1',
  });
});

it('A text without a trace takes the one of the attributes, with its state and not with that of the text.', () => {
  const attributes = { traceparent: OTHER, tracestate: 'b=2' };
  for (const text of [textOf(), textOf({ tracestate: 'a=1' }), textOf({ traceparent: 'garbage' })])
    expect(codec.decode(text, from({ attributes }))).toMatchObject(attributes);
});

it.each<[string, object]>([
  ['no traceparent', { traceparent: 'garbage <script>', tracestate: 'b=2' }],
  ['a tracestate alone', { tracestate: 'b=2' }],
  ['a number', { traceparent: 7 }],
  ['a traceparent that is inherited', Object.create({ traceparent: OTHER }) as object],
])('Attributes with %s give no trace, and refuse no message.', (_, attributes) => {
  const envelope = codec.decode(textOf(), from({ attributes: attributes as Record<string, string> }));
  expect(envelope.traceparent).toBe(undefined);
  expect(envelope.tracestate).toBe(undefined);
});

it.each([
  ['a line break', 'a=1\nb=2'],
  ['over 512 characters', 'x'.repeat(513)],
  ['nothing', ''],
])('A tracestate of the attributes with %s is left out, and its traceparent stays.', (_, tracestate) => {
  const envelope = codec.decode(textOf(), from({ attributes: { traceparent: OTHER, tracestate } }));
  expect(envelope).toMatchObject({ traceparent: OTHER, tracestate: undefined });
});

it('No other attribute counts: names, keys and ids are those of the text.', () => {
  const attributes = {
    id: 'x',
    type: 'user.deleted',
    partitionkey: 'k',
    correlationid: 'c',
    meta: '{"a":1}',
    depth: '9',
  };
  const { id, name, key, correlationId, meta, depth } = codec.decode(textOf(), from({ attributes }));
  expect({ id, name, key, correlationId, meta, depth }).toEqual({ id: 'broker-7', name: 'order.placed' });
});

it.each([
  ['no id and no broker', () => codec.decode(textOf())],
  ['an empty id', () => codec.decode(textOf({ id: '' }), from())],
  ['an id that is no text', () => codec.decode(textOf({ id: 7 }), from())],
  ['a time that is no text', () => codec.decode(textOf({ time: 7 }), from())],
  ['a source that is no text', () => codec.decode(textOf({ source: 7 }), from())],
  ['no type', () => codec.decode(textOf({ type: undefined }), from())],
])('A text with %s is refused.', (_, decode) => {
  expect(thrownBy(decode)).toMatchObject({ code: 'BAD_MESSAGE' });
});

it.each<[string, unknown, string]>([
  ['no object', 'broker-7', 'decode, from takes an object of options, not "broker-7".'],
  ['null', null, 'decode, from takes an object of options, not null.'],
  ['an id that is no text', from({ id: 7 as never }), 'id must be a text that is not empty, not 7.'],
  ['an empty id', from({ id: '' }), 'id must be a text that is not empty, not "".'],
  ['an invalid Date', from({ time: new Date(Number.NaN) }), 'time must be a valid Date, not an object.'],
  [
    'a time that is a text',
    from({ time: '2026-01-01' as never }),
    'time must be a valid Date, not "2026-01-01".',
  ],
  ['attributes that are none', from({ attributes: 'a' as never }), 'attributes must be an object, not "a".'],
  ['an unknown key', { ...from(), messageId: '7' }, 'has no option "messageId".'],
])('A `from` with %s is refused, as a mistake of the consumer.', (_, given, message) => {
  const error = thrownBy(() => codec.decode(textOf(), given as BrokerMessage));
  expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining(message) as string });
});

const e = initEvents.create(
  defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.object({ id: z.string() }) }),
);

it('A delivered event has its source; one that is dispatched here, or chained, has none.', async () => {
  const seen: AnyEvent[] = [];
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { id: '1' }));
  router.on('*', ({ event }) => void seen.push(event));
  await using bus = e.bus({ handlers: [router] });
  await bus.deliver(codec.decode(textOf(), from()));
  await bus.publish('mail.sent', { id: '2' });
  expect(seen.map(({ name, source }) => [name, source])).toEqual([
    ['order.placed', '/erp'],
    ['mail.sent', undefined],
    ['mail.sent', undefined],
  ]);
});

it('An event that came from elsewhere is encoded with its own source, another one with that of the codec.', async () => {
  await using bus = e.bus({ handlers: [], unhandled: 'ignore' });
  const { event: delivered } = await bus.deliver(codec.decode(textOf({ id: 'own' })));
  const { event: published } = await bus.publish('mail.sent', { id: '2' });
  expect(JSON.parse(codec.encode(delivered))).toMatchObject({ id: 'own', source: '/erp' });
  expect(JSON.parse(codec.encode(published))).toMatchObject({ source: '/worker' });
});

it('An empty source counts as none.', async () => {
  await using bus = e.bus({ handlers: [], unhandled: 'ignore' });
  const { event } = await bus.deliver(codec.decode(textOf({ id: 'own', source: '' })));
  expect(event.source).toBe(undefined);
  expect(JSON.parse(codec.encode({ ...event, source: '' }))).toMatchObject({ source: '/worker' });
});
