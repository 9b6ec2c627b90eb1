import { spawnSync } from 'node:child_process';
import { SNS } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { CloudEvent } from 'cloudevents';
import { SuperJSON } from 'superjson';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent, type EventForwarder } from '../../src/index.ts';
import { cloudEvents, eventBridge, snsNotification, type Codec } from '../../src/wire/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { blocksOf, runBlock } from './blocks.ts';

const [receiving, sending, transforming] = blocksOf('wire.md') as [string, string, string];
const [, publishing, renaming, theirs] = blocksOf('wire/formats.md') as [string, string, string, string];
const [example] = blocksOf('wire.md', 'json') as [string];

const e = initEvents
  .meta(z.object({ tenant: z.string() }))
  .create(defineEvents({ 'order.placed': z.object({ id: z.string(), total: z.number(), at: z.date() }) }));
const time = new Date('2026-01-01T12:00:00.000Z');
const id = '019b7a2e-5c00-7a3e-9d53-1c2f3a4b5c6d';
const event: AnyEvent = {
  id,
  name: 'order.placed',
  payload: { id: '1', total: 20, at: time },
  time,
  key: 'customer-7',
  path: 'shop.order',
  correlationId: id,
  depth: 0,
  meta: { tenant: 'acme' },
};

it('An event becomes the message that docs/wire.md shows, and the cloudevents package accepts it.', () => {
  const message = JSON.parse(cloudEvents({ source: '/shop' }).encode(event)) as Record<string, unknown>;
  expect(message).toEqual(JSON.parse(example));
  const rows = blocksOf('wire.md', 'json').length;
  expect(rows).toBe(1);
  expect(new CloudEvent(message, true).validate()).toBe(true);
});

it('The consumer of another producer in docs/wire.md takes id and time from the broker.', async () => {
  const text = JSON.stringify({ specversion: '1.0', type: 'order.placed', source: '/erp' });
  expect(await runBlock(receiving, { cloudEvents, text }, 'envelope')).toMatchObject({
    id: 'the id that the broker gave the message',
    source: '/erp',
    time: expect.any(Date) as Date,
  });
});

it('The forwarder and the consumer in docs/wire.md work.', async () => {
  const sent: string[] = [];
  let take!: (text: string) => Promise<boolean>;
  const queue = {
    send: async (text: string) => void sent.push(text),
    receive: (fn: typeof take) => (take = fn),
  };
  const seen: AnyEvent[] = [];
  await using worker = e.bus({
    handlers: [e.router().on('order.*', ({ event }) => void seen.push(event))],
    meta: () => ({ tenant: 'none' }),
  });
  const forwarder = (await runBlock(
    sending,
    { cloudEvents, queue, bus: worker },
    'forwarder',
  )) as EventForwarder;
  await using bus = e.bus({ handlers: [forwarder], meta: () => ({ tenant: 'acme' }) });
  const { event: placed } = await bus.publish(
    'order.placed',
    { id: '1', total: 20, at: time },
    { meta: { tenant: 'acme' } },
  );
  expect(await take(sent[0]!)).toBe(true);
  expect(seen).toEqual([{ ...placed, source: '/shop' }]);
});

it('The transformer in docs/wire.md knows the class.', async () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const codec = (await runBlock(transforming, { SuperJSON, cloudEvents, Money }, 'codec')) as Codec;
  const payload = { price: new Money(5) };
  expect(codec.decode(codec.encode({ ...event, payload })).payload).toStrictEqual(payload);
});

it('The forwarder to a topic in docs/wire/formats.md publishes what snsNotification reads.', async () => {
  await using server = await Fauxqs.start();
  const { url } = server.createQueue('orders');
  class LocalSns extends SNS {
    constructor() {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      super({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    }
  }
  const sns = new LocalSns();
  const { TopicArn } = await sns.createTopic({ Name: 'orders' });
  const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:orders';
  await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint });
  vi.stubEnv('TOPIC_ARN', TopicArn);
  const topic = (await runBlock(publishing, { SNS: LocalSns, cloudEvents }, 'topic')) as EventForwarder;
  await using bus = e.bus({ handlers: [topic], meta: () => ({ tenant: 'acme' }) });
  const { event: placed, failures } = await bus.publish(
    'order.placed',
    { id: '1', total: 20, at: time },
    { meta: { tenant: 'acme' } },
  );
  vi.unstubAllEnvs();
  expect(failures).toEqual([]);
  const { Messages } = await server.client().send(new ReceiveMessageCommand({ QueueUrl: url }));
  const { time: sent, ...others } = placed;
  expect(snsNotification().decode(Messages![0]!.Body!)).toEqual({
    ...others,
    time: sent.toISOString(),
    source: '/shop',
  });
  sns.destroy();
});

it('The codec for events of AWS in docs/wire/formats.md makes names of them.', async () => {
  const codec = (await runBlock(renaming, { eventBridge }, 'codec')) as Codec;
  const created = {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2021-11-12T00:00:00Z',
    region: 'ca-central-1',
    resources: ['arn:aws:s3:::amzn-s3-demo-bucket1'],
    detail: { version: '0', bucket: { name: 'amzn-s3-demo-bucket1' } },
  };
  const app = initEvents.create(defineEvents({ 'aws.s3.Object-Created': z.object({ version: z.string() }) }));
  const seen: AnyEvent[] = [];
  await using bus = app.bus({ handlers: [app.router().on('aws.*', ({ event }) => void seen.push(event))] });
  await bus.deliver(codec.decode(JSON.stringify(created)));
  expect(seen).toMatchObject([{ id: created.id, source: 'aws.s3', payload: { version: '0' } }]);
});

it('The codec of another team in docs/wire/formats.md reads what it writes, and takes id and time from the broker.', async () => {
  const codec = (await runBlock(theirs, {}, 'theirs')) as Codec;
  expect(codec.decode(codec.encode(event))).toMatchObject({ id, name: 'order.placed', payload: { id: '1' } });
  const from = { id: 'broker-1', time };
  expect(codec.decode('{"event":"order.placed","body":1}', from)).toEqual({
    ...from,
    name: 'order.placed',
    payload: 1,
  });
});

const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined;

it.skipIf(python === undefined)(
  'The Python script in docs/wire.md finds name, id, time and data with a plain JSON parser.',
  () => {
    const [script] = blocksOf('wire.md', 'py') as [string];
    const text = cloudEvents().encode(event);
    const { stdout, stderr } = spawnSync(python!, ['-c', `import sys\ntext = sys.stdin.read()\n${script}`], {
      input: text,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(
      `order.placed ${id} 2026-01-01T12:00:00.000Z {'id': '1', 'total': 20, 'at': '2026-01-01T12:00:00.000Z'}`,
    );
  },
);
