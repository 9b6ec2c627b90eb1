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
const OTHER = '00-11111111111111111111111111111111-2222222222222222-00';
const codec = snsNotification();

/** Makes the least that another producer may publish. */
const published = (attributes: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'order.placed',
    source: '/erp',
    data: { id: '1' },
    ...attributes,
  });

/** Makes a text as SNS puts it into a queue, with everything that AWS documents. */
const notification = (over: object = {}) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'dc1e94d9-56c5-5e96-808d-cc7f68faa162',
    TopicArn: 'arn:aws:sns:us-east-2:111122223333:ExampleTopic1',
    Subject: 'TestSubject',
    Message: published(),
    Timestamp: '2026-02-16T21:41:19.978Z',
    SignatureVersion: '1',
    Signature:
      'FMG5tlZhJNHLHUXvZgtZzlk24FzVa7oX0T4P03neeXw8ZEXZx6z35j2FOTuNYShn2h0bKNC/zLTnMyIxEzmi2X1shOBWsJHkrW2xkR58ABZF+4uWHEE73yDVR4SyYAIkP9jstZzDRm+bcVs8+T0yaLiEGLrIIL4esi1llhIkgErCuy5btPcWXBdio2fpCRD5x9oR6gmE/rd5O7lX1c1uvnv4r1Lkk4pqP2/iUfxFZva1xLSRvgyfm6D9hNklVyPfy+7TalMD0lzmJuOrExtnSIbZew3foxgx8GT+lbZkLd0ZdtdRJlIyPRP44eyq78sU0Eo/LsDr0Iak4ZDpg8dXg==',
    SigningCertURL:
      'https://sns.us-east-2.amazonaws.com/SimpleNotificationService-0000000000000000000000.pem',
    UnsubscribeURL: 'https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn',
    ...over,
  });
const broker = { id: 'sqs-1', time: new Date(7), attributes: { traceparent: OTHER } };

it("A message without id, time and trace gets the notification's, and not those of the queue.", () => {
  const text = notification({
    MessageAttributes: {
      traceparent: { Type: 'String', Value: TRACE },
      tracestate: { Type: 'String', Value: 'a=1' },
      event: { Type: 'String', Value: 'user.deleted' },
    },
  });
  expect(codec.decode(text, broker)).toMatchObject({
    id: 'dc1e94d9-56c5-5e96-808d-cc7f68faa162',
    name: 'order.placed',
    source: '/erp',
    payload: { id: '1' },
    time: new Date('2026-02-16T21:41:19.978Z'),
    traceparent: TRACE,
    tracestate: 'a=1',
  });
  expect(codec.decode(notification(), broker).traceparent).toBe(undefined);
});

it("A message's own id, time and trace count, whatever SNS says.", () => {
  const Message = published({ id: 'own', time: '2026-01-01T00:00:00Z', traceparent: TRACE });
  const MessageAttributes = { traceparent: { Type: 'String', Value: OTHER } };
  const own = { id: 'own', time: '2026-01-01T00:00:00Z', traceparent: TRACE };
  expect(codec.decode(notification({ Message, MessageAttributes }), broker)).toMatchObject(own);
});

it('A notification without id and time takes those of the queue.', () => {
  const text = notification({ MessageId: undefined, Timestamp: null });
  expect(codec.decode(text, broker)).toMatchObject({ id: 'sqs-1', time: new Date(7) });
});

it.each<[string, unknown]>([
  ['of bytes', { traceparent: { Type: 'Binary', Value: TRACE } }],
  ['of a list', { traceparent: { Type: 'String.Array', Value: [TRACE] } }],
  ['without a value', { traceparent: { Type: 'String' } }],
  ['that is none', { traceparent: TRACE }],
  ['in an array', [{ traceparent: { Type: 'String', Value: TRACE } }]],
  ['in a text', TRACE],
  ['that is null', null],
])('An attribute %s gives no trace, and refuses no message.', (_, MessageAttributes) => {
  const envelope = codec.decode(notification({ MessageAttributes }));
  expect(envelope).toMatchObject({ name: 'order.placed' });
  expect(envelope.traceparent).toBe(undefined);
});

it('The codec within gets texts and numbers of the attributes, and of nothing else.', () => {
  let got: unknown;
  const spy: Codec = { ...cloudEvents(), decode: (text, from) => ((got = [text, from]), { id: '1', name: 'a', time: new Date() }) }; // prettier-ignore
  const MessageAttributes = {
    text: { Type: 'String', Value: 'a' },
    number: { Type: 'Number', Value: '7' },
    bytes: { Type: 'Binary', Value: 'AA==' },
  };
  snsNotification(spy).decode(notification({ Message: 'anything', MessageAttributes }), broker);
  expect(got).toEqual([
    'anything',
    {
      id: 'dc1e94d9-56c5-5e96-808d-cc7f68faa162',
      time: new Date('2026-02-16T21:41:19.978Z'),
      attributes: { text: 'a', number: '7' },
    },
  ]);
});

const RAW = 'with raw message delivery, leave snsNotification out';
it.each<[string, string, string]>([
  ['a raw CloudEvents message', published(), 'it is not a notification of SNS, but CloudEvents 1.0: use the codec cloudEvents()'],
  ['a pair of fastapi-events', '["order.placed", {}]', 'it is not a notification of SNS, but a message of fastapi-events: use the codec fastapiEvents()'],
  ['an event of EventBridge', '{"detail-type":"a","detail":{}}', 'it is not a notification of SNS, but an event of EventBridge: use the codec eventBridge()'],
  ['other JSON', '{"secret":1}', `it is not a notification of SNS: ${RAW}`],
  ['a list', '[]', `it is not a notification of SNS: ${RAW}`],
  ['null', 'null', `it is not a notification of SNS: ${RAW}`],
  ['another type', notification({ Type: 'secret' }), `it is not a notification of SNS: ${RAW}`],
  ['a type in a list', notification({ Type: ['Notification'] }), `it is not a notification of SNS: ${RAW}`],
  ['plain text', 'secret', `it is no JSON, and not a notification of SNS: ${RAW}`],
  ['nothing', '', `it is no JSON, and not a notification of SNS: ${RAW}`],
  ['a confirmation', notification({ Type: 'SubscriptionConfirmation', SubscribeURL: 'https://secret', Token: 'secret' }), 'it is the SubscriptionConfirmation of SNS, and no event: open its SubscribeURL once, then delete it'],
  ['the end of a subscription', notification({ Type: 'UnsubscribeConfirmation' }), 'it is the UnsubscribeConfirmation of SNS, and no event: the queue gets no more from its topic; delete it'],
  ['no Message', notification({ Message: undefined }), 'its Message must be a text that is not empty'],
  ['a Message that is JSON, not text', notification({ Message: { specversion: '1.0' } }), 'its Message must be a text'],
  ['an empty MessageId', notification({ MessageId: '' }), 'its MessageId must be a text that is not empty'],
  ['no MessageId', notification({ MessageId: undefined }), 'its MessageId must be a text that is not empty'],
  ['a Timestamp that is none', notification({ Timestamp: 'secret' }), 'its Timestamp must be ISO 8601 text'],
  ['a Timestamp of no such month', notification({ Timestamp: '2026-13-01T00:00:00Z' }), 'its Timestamp must be ISO 8601 text'],
  ['a Timestamp that is a number', notification({ Timestamp: 7 }), 'its Timestamp must be a text'],
  ['a message of others', notification({ Message: 'secret' }), 'it is no JSON'],
  ['an event of EventBridge within', notification({ Message: '{"detail-type":"a","detail":{}}' }), 'it is not CloudEvents 1.0, but an event of EventBridge: use the codec eventBridge()'],
  ['a key that reaches prototypes', notification().replace('"Subject"', '"__proto__"'), 'it has a key that is called __proto__'],
  ['more than SQS would take', notification({ Subject: 'x'.repeat(2 ** 20) }), 'it is longer than maxBytes, 1048576'],
])('%s is refused, and told without its content.', (_, text, why) => {
  const error = thrownBy(() => codec.decode(text)) as Error;
  expect(error).toMatchObject({ code: 'BAD_MESSAGE', message: `A message is refused: ${why}.` });
  expect(`${error.message}`).not.toContain('secret');
  expect(error.cause).toBe(undefined);
}); // prettier-ignore

it('A notification that comes to cloudEvents is told with the codec that reads it.', () => {
  const error = thrownBy(() => cloudEvents().decode(notification()));
  expect(error).toMatchObject({
    code: 'BAD_MESSAGE',
    message:
      'A message is refused: it is not CloudEvents 1.0, but a notification of SNS: use the codec snsNotification().',
  });
});

it('An encoded event is a notification, and comes back equal.', () => {
  const event = eventOf({ at: new Date(5), big: 7n }, { key: 'k', meta: { tenant: 'a' }, source: '/shop' });
  const text = codec.encode(event);
  expect(JSON.parse(text)).toEqual({
    Type: 'Notification',
    MessageId: event.id,
    Message: cloudEvents().encode(event),
    Timestamp: event.time.toISOString(),
  });
  expect(codec.decode(text)).toEqual({ ...event, time: event.time.toISOString() });
});

it('Codecs nest: EventBridge to SNS to SQS, and fastapi-events by SNS.', () => {
  const event = eventOf({ at: new Date(5) }, { source: '/shop' });
  const nested = snsNotification(eventBridge());
  expect(nested.decode(nested.encode(event))).toMatchObject({ id: event.id, payload: event.payload });
  const pairs = snsNotification(fastapiEvents());
  expect(pairs.lossy).toBe(true);
  expect(codec.lossy).not.toBe(true);
  expect(pairs.decode(notification({ Message: '["order.placed", {"id": "1"}]' }))).toEqual({
    id: 'dc1e94d9-56c5-5e96-808d-cc7f68faa162',
    name: 'order.placed',
    payload: { id: '1' },
    time: new Date('2026-02-16T21:41:19.978Z'),
  });
});

it('A message that would be too long once it is wrapped is refused where it is encoded.', () => {
  const event = eventOf('"'.repeat(2 ** 18));
  expect(() => cloudEvents().encode(event)).not.toThrow();
  expect(thrownBy(() => codec.encode(event))).toMatchObject({ code: 'NOT_SERIALIZABLE' });
});

it.each([snsNotification, eventBridge])('What is no codec is refused by %o.', (make) => {
  for (const wrong of [null, {}, 'cloudEvents', cloudEvents, { encode() {} }])
    expect(thrownBy(() => make(wrong as never))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(
        new RegExp(`^${make.name} takes a codec, such as cloudEvents\\(\\), not `),
      ) as string,
    });
});

it('A wrong `from` is a mistake of the consumer.', () => {
  for (const wrapping of [snsNotification(), eventBridge(), fastapiEvents()])
    expect(thrownBy(() => wrapping.decode('', { id: '' }))).toMatchObject({ code: 'BAD_OPTION' });
});
