import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import type { AnyEvent, EventForwarder } from '../../src/index.ts';
import { sqsConsumer, sqsLambda } from '../../src/sqs/index.ts';
import {
  cloudEvents,
  eventBridge,
  fastapiEvents,
  snsNotification,
  type Codec,
} from '../../src/wire/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { e, textOf } from '../queue/worker.ts';
import { until } from '../setup/async.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Makes a topic with queues, each with a worker that reads it with a codec. */
async function stage(queues: Readonly<Record<string, { codec: Codec; raw?: boolean }>>) {
  const server = await Fauxqs.start();
  const sns = new SNSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'orders' }));
  const client = server.client();
  const workers = await Promise.all(
    Object.entries(queues).map(async ([name, { codec, raw = false }]) => {
      const { url } = server.createQueue(name, { VisibilityTimeout: '60' });
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: `arn:aws:sqs:us-east-1:000000000000:${name}`,
          Attributes: { RawMessageDelivery: String(raw) },
        }),
      );
      const seen: AnyEvent[] = [];
      const reports: string[] = [];
      const bus = e.bus({
        handlers: [e.router().on('*', ({ event }) => void seen.push(event), { name: 'all' })],
        onError: ({ error }) => void reports.push(error.message),
      });
      const consumer = sqsConsumer(bus, { queueUrl: url, client, codec, waitTimeSeconds: 1 });
      await consumer.start();
      return { url, seen, reports, bus, consumer };
    }),
  );
  return {
    workers,
    client,
    publish: async (Message: string, attributes: Readonly<Record<string, string>> = {}) => {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]),
      );
      const { MessageId } = await sns.send(
        new PublishCommand({ TopicArn, Message, Subject: 'Order', MessageAttributes }),
      );
      return MessageId!;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map(({ bus }) => bus.close({ timeout: 5000 })));
      sns.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

it(
  'SNS: an event that is published once arrives equal in each queue, wrapped and raw.',
  { timeout: 30_000 },
  async () => {
    await using scene = await stage({
      wrapped: { codec: snsNotification() },
      raw: { codec: cloudEvents(), raw: true },
    });
    const codec = cloudEvents({ source: '/shop' });
    const topic: EventForwarder = {
      name: 'sns/orders',
      remote: true,
      codec,
      handle: (event) => scene.publish(codec.encode(event), { event: event.name }),
    };
    await using bus = e.bus({ handlers: [topic as never] });
    const { event, failures } = await bus.publish('order.placed', { id: 'o1' }, { key: 'k' });
    expect(failures).toEqual([]);
    await until(() => scene.workers.every(({ consumer }) => consumer.status.acknowledged === 1));
    for (const { seen, reports } of scene.workers) {
      expect(seen).toEqual([{ ...event, source: '/shop' }]);
      expect(reports).toEqual([]);
    }
  },
);

it("SNS: what a message leaves out is the notification's: id, time and trace.", async () => {
  await using scene = await stage({
    clouds: { codec: snsNotification() },
    pairs: { codec: snsNotification(fastapiEvents()) },
  });
  const [clouds, pairs] = scene.workers as [(typeof scene.workers)[0], (typeof scene.workers)[0]];
  const traced = { traceparent: TRACE, tracestate: 'a=1' };
  const least = textOf({ id: 'o1' }, { id: undefined, time: undefined });
  const before = Date.now();
  const cloud = await scene.publish(least, traced);
  const pair = await scene.publish('["order.placed", {"id": "o2"}]', traced);
  // Each queue gets both messages, and its codec takes one of them.
  await until(() =>
    scene.workers.every(({ consumer: { status } }) => status.acknowledged === 1 && status.refused === 1),
  );
  expect(clouds.seen).toMatchObject([{ id: cloud, payload: { id: 'o1' }, ...traced }]);
  expect(pairs.seen).toMatchObject([{ id: pair, payload: { id: 'o2' }, ...traced }]);
  for (const { seen } of scene.workers) expect(Number(seen[0]!.time)).toBeGreaterThanOrEqual(before);
  expect(clouds.reports).toEqual([
    expect.stringMatching(
      /it is not CloudEvents 1.0, but a message of fastapi-events: use the codec fastapiEvents\(\)\.$/,
    ),
  ]);
  expect(pairs.reports).toEqual([
    expect.stringMatching(
      /it is not a message of fastapi-events, but CloudEvents 1.0: use the codec cloudEvents\(\)\.$/,
    ),
  ]);
});

it('SNS: a raw subscription, a message past the topic, and a forgotten codec say what to do.', async () => {
  await using scene = await stage({
    raw: { codec: snsNotification(), raw: true },
    forgotten: { codec: cloudEvents() },
  });
  const [raw, forgotten] = scene.workers as [(typeof scene.workers)[0], (typeof scene.workers)[0]];
  await scene.publish(textOf({ id: 'o1' }));
  await scene.client.send(new SendMessageCommand({ QueueUrl: raw.url, MessageBody: 'top secret' }));
  await until(() => raw.consumer.status.refused === 2 && forgotten.consumer.status.refused === 1);
  const told = raw.reports.map((text) => text.replace(/^.*A message is refused: /, '')).toSorted();
  expect(told).toEqual([
    'it is no JSON, and not a notification of SNS: with raw message delivery, leave snsNotification out.',
    'it is not a notification of SNS, but CloudEvents 1.0: use the codec cloudEvents().',
  ]);
  expect(forgotten.reports).toEqual([
    expect.stringContaining('but a notification of SNS: use the codec snsNotification().'),
  ]);
  expect([...raw.seen, ...forgotten.seen]).toEqual([]);
});

it('Lambda reads events of EventBridge, and of SNS, by their codecs.', async () => {
  const seen: AnyEvent[] = [];
  const handlers = [e.router().on('*', ({ event }) => void seen.push(event), { name: 'all' })];
  await using bus = e.bus({ handlers, onError() {} });
  const record = (messageId: string, body: string) => ({
    messageId,
    body,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders',
  });
  const bridged = JSON.stringify({
    version: '0',
    id: 'eb-1',
    'detail-type': 'order.placed',
    source: 'com.example.shop',
    account: '111122223333',
    time: '2026-02-16T21:41:19Z',
    region: 'eu-west-1',
    resources: [],
    detail: { id: 'o1' },
  });
  const wrapped = JSON.stringify({ Type: 'Notification', MessageId: 'sns-1', Message: bridged });
  const direct = { Records: [record('m1', bridged), record('m2', wrapped)] };
  expect(await sqsLambda(bus, { codec: eventBridge() })(direct)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm2' }],
  });
  const bySns = { Records: [record('m3', wrapped)] };
  expect(await sqsLambda(bus, { codec: snsNotification(eventBridge()) })(bySns)).toEqual({
    batchItemFailures: [],
  });
  const expected = { id: 'eb-1', source: 'com.example.shop', payload: { id: 'o1' } };
  expect(seen).toMatchObject([expected, expected]);
});
