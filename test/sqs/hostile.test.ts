import { expect, it } from 'vitest';
import type { AnyEvent, ErrorReport } from '../../src/index.ts';
import { sqsConsumer, sqsLambda } from '../../src/sqs/index.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from '../wire/hostile.ts';
import { e, messageOf, SECRET } from '../wire/hostile-shop.ts';
import { Random } from '../wire/random.ts';
import { SqsServer } from '../servers/sqs.ts';
import { SCALE } from '../queue/scale.ts';
import { send } from './worker.ts';
import { until } from '../setup/async.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** `npm run test:faults` takes all. */
const COUNT = SCALE === 1 ? 10_000 : 600;

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
/** SQS refuses a text that is empty or too long, or that has certain control characters. */
const canTravel = (text: string) =>
  text !== '' &&
  text.length < 2 ** 18 &&
  /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text);
/** A text without an id is none of the hostile ones here, because the id of the message counts then. */
const hasId = (text: string) => {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    return !text.startsWith('{') || (id !== undefined && id !== null);
  } catch {
    return true;
  }
};

function set() {
  const random = new Random(SEED);
  const bad = [
    ...OTHERS,
    ...Array.from({ length: COUNT }, () => hostileOf(random).text).filter(
      (text) => canTravel(text) && hasId(text),
    ),
  ];
  const good = Array.from({ length: 20 }, () => JSON.stringify(messageOf(random)));
  const texts = [...bad];
  for (const [i, text] of good.entries()) texts.splice(Math.floor((i * bad.length) / good.length), 0, text);
  const seen: AnyEvent[] = [];
  const reports: ErrorReport[] = [];
  const bus = e.bus({
    handlers: [e.router().on('**', ({ event }) => void seen.push(event), { name: 'all' })],
    onError: (report) => void reports.push(report),
    meta: () => ({ tenant: 'none' }),
  });
  function check() {
    expect(seen).toHaveLength(good.length);
    expect(reports).toHaveLength(bad.length);
    for (const { error } of reports) {
      expect(['BAD_MESSAGE', 'UNKNOWN_EVENT']).toContain(error.code);
      expect(error.message).not.toContain(SECRET);
    }
  }
  return { bus, texts, bad, good, check };
}

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
  check();
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
  check();
  expect(failed.toSorted()).toEqual(bad.toSorted());
}, 60_000);
