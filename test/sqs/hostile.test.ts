import { expect, it } from 'vitest';
import { sqsConsumer, sqsLambda } from '../../src/sqs/index.ts';
import { hostileSet, SEED } from '../queue/hostile.ts';
import { printFigure } from '../setup/figure.ts';
import { SECRET } from '../wire/hostile-shop.ts';
import { SqsServer } from '../servers/sqs.ts';
import { send } from './worker.ts';
import { until } from '../setup/async.ts';

/** Messages that other programs may put into a queue. */
const OTHERS = [
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'a',
    TopicArn: 'arn:aws:sns:eu-west-1:1:t',
    Message: SECRET,
    Timestamp: '2026-01-01T00:00:00Z',
  }),
  JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-01-01T00:00:00Z',
    Bucket: SECRET,
  }),
  'hello',
  JSON.stringify({
    specversion: '1.0',
    id: 'b',
    type: 'invoice.paid',
    source: '/billing',
    time: '2026-01-01T00:00:00Z',
    data: { of: SECRET },
  }),
];
/** Returns false for a text that SQS refuses: it is empty, too long, or has certain control characters. */
const canTravel = (text: string) =>
  text !== '' &&
  text.length < 2 ** 18 &&
  /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text);
const set = () => hostileSet(OTHERS, canTravel);

it('A consumer runs no hostile message, and none of others, reports each without payload, and handles the good ones.', async () => {
  const { bus, texts, bad, good, check } = set();
  await using server = await SqsServer.start();
  const queue = server.createQueue('orders', { VisibilityTimeout: '600' });
  const client = server.client();
  await send(
    client,
    queue.url,
    texts.map((text, i) => ({ id: `m${i}`, text })),
  );
  const consumer = sqsConsumer(bus, {
    queueUrl: queue.url,
    client,
    concurrency: 50,
    visibilityTimeout: 600,
    waitTimeSeconds: 1,
  });
  await consumer.start();
  await until(() => consumer.status.received === texts.length, 30_000);
  await consumer.stop();
  check(SECRET);
  expect(consumer.status).toMatchObject({
    refused: bad.length,
    acknowledged: good.length,
    failed: 0,
    state: 'stopped',
  });
  expect(queue.messages).toHaveLength(bad.length);
  printFigure(`seed ${SEED}: ${bad.length} hostile messages refused, ${good.length} good ones handled`);
}, 60_000);

it('Lambda reports exactly the hostile ones.', async () => {
  const { bus, texts, bad, check } = set();
  const handler = sqsLambda(bus);
  const failed: string[] = [];
  for (let at = 0; at < texts.length; at += 10) {
    const Records = texts.slice(at, at + 10).map((body, i) => ({
      messageId: String(at + i),
      body,
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders',
    }));
    failed.push(
      ...(await handler({ Records })).batchItemFailures.map(
        ({ itemIdentifier }) => texts[Number(itemIdentifier)]!,
      ),
    );
  }
  check(SECRET);
  expect(failed.toSorted()).toEqual(bad.toSorted());
}, 60_000);
