import { expect, it } from 'vitest';
import {
  cloudEvents,
  eventBridge,
  fastapiEvents,
  snsNotification,
  type Codec,
} from '../../src/wire/index.ts';
import { thrownBy } from '../core/shop.ts';
import { eventOf } from './shop.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const codec = eventBridge();
const time = new Date('2026-02-16T21:41:19Z');
const ID = '17793124-05d4-b198-2fde-7ededc63b103';

/** Makes a text as EventBridge puts it into a queue, with everything that AWS documents. */
const bridged = (over: object = {}) =>
  JSON.stringify({
    version: '0',
    id: ID,
    'detail-type': 'order.placed',
    source: 'com.example.shop',
    account: '111122223333',
    time: '2026-02-16T21:41:19Z',
    region: 'us-east-2',
    resources: ['arn:aws:s3:::amzn-s3-demo-bucket'],
    detail: { id: '1' },
    ...over,
  });
const broker = { id: 'sqs-1', time: new Date(7), attributes: { traceparent: TRACE, tracestate: 'a=1' } };

it('An event is its detail-type, id, source, time and detail; the queue adds only the trace.', () => {
  const envelope = { id: ID, source: 'com.example.shop', name: 'order.placed', payload: { id: '1' }, time };
  expect(codec.decode(bridged())).toEqual(envelope);
  expect(codec.decode(bridged(), broker)).toEqual({ ...envelope, ...broker.attributes });
});

it('An event without id and time takes those of the queue, and one without a source has none.', () => {
  const envelope = codec.decode(bridged({ id: undefined, time: null, source: '' }), broker);
  expect(envelope).toMatchObject({ id: 'sqs-1', time: new Date(7), source: undefined });
});

it('A detail that is a CloudEvent is read by the codec, and EventBridge fills in what it leaves out.', () => {
  const detail = { specversion: '1.0', type: 'order.shipped', source: '/erp', data: { id: '2' } };
  expect(codec.decode(bridged({ detail }), broker)).toMatchObject({
    id: ID,
    source: '/erp',
    name: 'order.shipped',
    payload: { id: '2' },
    time,
    traceparent: TRACE,
  });
  const own = { id: 'own', time: '2026-01-01T00:00:00Z' };
  expect(codec.decode(bridged({ detail: { ...detail, ...own } }), broker)).toMatchObject(own);
});

it('Another codec gets the detail as JSON.', () => {
  const texts: string[] = [];
  const spy: Codec = { ...cloudEvents(), decode: (text) => (texts.push(text), { id: '1', name: 'a', time }) }; // prettier-ignore
  eventBridge(spy).decode(bridged({ detail: { specversion: '0.3', a: [1] } }));
  eventBridge(spy).decode(bridged());
  expect(texts).toEqual(['{"specversion":"0.3","a":[1]}']);
});

it.each<[string, string, string]>([
  ['a CloudEvents message', '{"specversion":"1.0"}', 'it is not an event of EventBridge, but CloudEvents 1.0: use the codec cloudEvents()'],
  ['a notification of SNS', '{"Type":"Notification","Message":"secret"}', 'it is not an event of EventBridge, but a notification of SNS: use the codec snsNotification()'],
  ['no detail', '{"detail-type":"secret"}', 'it is not an event of EventBridge'],
  ['no detail-type', '{"detail":"secret"}', 'it is not an event of EventBridge'],
  ['a list', '["detail-type","detail","secret"]', 'it is not an event of EventBridge'],
  ['null', 'null', 'it is not an event of EventBridge'],
  ['plain text', 'secret', 'it is no JSON'],
  ['a detail-type that is no text', bridged({ 'detail-type': 7 }), 'its detail-type must be a text'],
  ['an empty detail-type', bridged({ 'detail-type': '' }), 'its detail-type must be a text that is not empty'],
  ['an id that is no text', bridged({ id: 7 }), 'its id must be a text'],
  ['no id', bridged({ id: undefined }), 'its id must be a text that is not empty'],
  ['a source that is no text', bridged({ source: {} }), 'its source must be a text'],
  ['a time that is none', bridged({ time: 'secret' }), 'its time must be ISO 8601 text'],
  ['a CloudEvent of another version', bridged({ detail: { specversion: '0.3' } }), 'it is not CloudEvents 1.0'],
  ['a CloudEvent without a type', bridged({ detail: { specversion: '1.0' } }), 'its type must be a text that is not empty'],
  ['a key that reaches prototypes', bridged({ detail: 0 }).replace('"detail":0', '"detail":{"a":[{"constructor":1}]}'), 'it has a key that is called constructor'],
  ['too many values', bridged({ detail: Array.from({ length: 26_000 }, () => 0) }), 'it has more than 25100 values'],
])('%s is refused, and told without its content.', (_, text, why) => {
  const error = thrownBy(() => codec.decode(text)) as Error;
  expect(error).toMatchObject({ code: 'BAD_MESSAGE', message: `A message is refused: ${why}.` });
  expect(error.cause).toBe(undefined);
}); // prettier-ignore

it('An encoded event is one of EventBridge, and comes back equal.', () => {
  const event = eventOf({ at: new Date(5), big: 7n }, { key: 'k', meta: { tenant: 'a' } });
  const text = codec.encode(event);
  const { detail, ...others } = JSON.parse(text) as { detail: unknown };
  expect(others).toEqual({
    version: '0',
    id: event.id,
    'detail-type': event.name,
    source: '/trpc-events',
    time: event.time.toISOString(),
    resources: [],
  });
  expect(detail).toEqual(JSON.parse(cloudEvents().encode(event)));
  expect(codec.decode(text)).toEqual({ ...event, source: '/trpc-events', time: event.time.toISOString() });
});

it.each<[string, Codec]>([
  ['pairs', fastapiEvents()],
  ['no JSON', { ...cloudEvents(), encode: () => 'secret' }],
  ['notifications', snsNotification()],
])('A codec that writes %s can be used to decode, and not to encode.', (_, other) => {
  const error = thrownBy(() => eventBridge(other).encode(eventOf({ id: '1' })));
  expect(error).toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message: 'eventBridge takes a codec that writes CloudEvents.',
  });
  expect(eventBridge(other).decode(bridged())).toMatchObject({ name: 'order.placed' });
});

it('A message that would be too long with what is around it is refused where it is encoded.', () => {
  const length = 2 ** 20 - cloudEvents().encode(eventOf('')).length;
  const event = eventOf('x'.repeat(length));
  expect(cloudEvents().encode(event)).toHaveLength(2 ** 20);
  expect(thrownBy(() => codec.encode(event))).toMatchObject({ code: 'NOT_SERIALIZABLE' });
});
