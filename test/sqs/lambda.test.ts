import { describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../src/index.ts';
import { memoryDedupe } from '../../src/queue/index.ts';
import {
  sqsLambda,
  type SqsLambdaContext,
  type SqsLambdaEvent,
  type SqsLambdaOptions,
} from '../../src/sqs/index.ts';
import { rejectionOf, untyped } from '../core/shop.ts';
import { e, orders, textOf, shipping, type Order, type Work } from '../queue/worker.ts';
import { pause } from '../setup/async.ts';

const STANDARD = 'arn:aws:sqs:eu-west-1:123456789012:orders';
const FIFO = `${STANDARD}.fifo`;
const TEN = Array.from({ length: 10 }, (_, k) => k);

function eventOf(list: readonly Order[], eventSourceARN = STANDARD): SqsLambdaEvent {
  return {
    Records: list.map(({ id, key, text }) => ({
      messageId: `m-${id}`,
      body: text ?? textOf({ id, ...(key !== undefined && { key }) }),
      eventSource: 'aws:sqs',
      eventSourceARN,
      attributes: {
        ApproximateReceiveCount: '2',
        SentTimestamp: '1767225600000',
        // Standard queues have groups too.
        ...(key !== undefined && { MessageGroupId: key }),
      },
      messageAttributes: {},
    })),
  };
}

function lambda(work: Work = () => {}, options?: SqsLambdaOptions) {
  const reports: ErrorReport[] = [];
  const deliveries: unknown[] = [];
  const router = shipping(work);
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    observers: [{ name: 'sees', wrapDelivery: (info, run) => (deliveries.push(info), void run()) }],
  });
  const handler = sqsLambda(bus, options);
  const failures = async (event: SqsLambdaEvent, context?: SqsLambdaContext) =>
    (await handler(event, context)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { bus, router, reports, deliveries, handler, failures };
}

describe.each(TEN)('if message %i of ten fails', (k) => {
  it('only that message is reported, if the queue is a standard queue, even one with groups', async () => {
    const runs: string[] = [];
    const { failures } = lambda((id) => { runs.push(id); if (id === `o${k}`) throw new Error('down'); }); // prettier-ignore
    expect(await failures(eventOf(orders(10, () => 'one')))).toEqual([`m-o${k}`]);
    expect(runs).toHaveLength(10);
  });

  it.each([1, 2])(
    'it and the later ones of its group are reported, of a FIFO queue with %i groups',
    async (groups) => {
      const runs: string[] = [];
      const { failures } = lambda((id) => { runs.push(id); if (id === `o${k}`) throw new Error('down'); }); // prettier-ignore
      const left = TEN.filter((i) => i >= k && i % groups === k % groups).map((i) => `o${i}`);
      expect(
        await failures(
          eventOf(
            orders(10, (i) => `group-${i % groups}`),
            FIFO,
          ),
        ),
      ).toEqual(left.map((id) => `m-${id}`));
      expect(runs.filter((id) => left.includes(id))).toEqual([`o${k}`]);
      expect(runs).toHaveLength(10 - left.length + 1);
    },
  );
});

it('Each delivery knows its queue, its message, and how often it came.', async () => {
  const { failures, deliveries } = lambda();
  expect(await failures(eventOf(orders(1)))).toEqual([]);
  expect(deliveries).toMatchObject([
    { attempt: 2, from: { system: 'aws.sqs', destination: 'orders', messageId: 'm-o0' } },
  ]);
});

it('Parts of a record that are null, and a time left that is no number, are taken for missing.', async () => {
  const event = eventOf(orders(2));
  const [first, second] = event.Records as unknown as Record<string, unknown>[];
  Object.assign(first!, { attributes: null, messageAttributes: null });
  Object.assign(second!, { messageAttributes: { odd: null } });
  const runs: string[] = [];
  const { failures } = lambda((id) => void runs.push(id));
  for (const left of [NaN, Infinity])
    expect(await failures(event, { getRemainingTimeInMillis: () => left })).toEqual([]);
  expect(runs).toEqual(['o0', 'o1', 'o0', 'o1']);
});

it('With dedupe, a batch that comes again runs only the listeners that were not done.', async () => {
  const runs: string[] = [];
  let isDown = true;
  const { failures, router } = lambda((id) => void runs.push(`ship ${id}`), { dedupe: memoryDedupe() });
  router.on(
    'order.placed',
    ({ event }) => {
      runs.push(`audit ${event.payload.id}`);
      if (isDown && event.payload.id === 'o1') throw new Error('down');
    },
    { name: 'audit' },
  );
  expect(await failures(eventOf(orders(2)))).toEqual(['m-o1']);
  isDown = false;
  expect(await failures(eventOf(orders(2)))).toEqual([]);
  expect(runs.toSorted()).toEqual(['audit o0', 'audit o1', 'audit o1', 'ship o0', 'ship o1']);
});

it('No more than concurrency run at a time; messages of one FIFO group run one after the other.', async () => {
  let running = 0;
  let most = 0;
  const work: Work = async () => {
    most = Math.max(most, ++running);
    await pause(5);
    running--;
  };
  await lambda(work, { concurrency: 3 }).failures(eventOf(orders(10)));
  expect(most).toBe(3);
  most = 0;
  await lambda(work).failures(
    eventOf(
      orders(10, () => 'one'),
      FIFO,
    ),
  );
  expect(most).toBe(1);
});

it('Before the time runs out, signal aborts, and what is not done is a failure; nothing more begins.', async () => {
  const aborted: string[] = [];
  const begun: string[] = [];
  const { failures } = lambda(
    (id, { signal }) => {
      begun.push(id);
      if (id === 'o0') return undefined;
      // One listener heeds its signal, and the other doesn't.
      return new Promise((_, reject) => signal.addEventListener('abort', () => { aborted.push(id); if (id === 'o1') reject(signal.reason as Error); })); // prettier-ignore
    },
    { concurrency: 2, margin: 400 },
  );
  const start = performance.now();
  const left = await failures(eventOf(orders(5)), { getRemainingTimeInMillis: () => 700 });
  expect(performance.now() - start).toBeLessThan(650);
  expect(performance.now() - start).toBeGreaterThan(290);
  expect(left).toEqual(['m-o1', 'm-o2', 'm-o3', 'm-o4']);
  expect(begun).toEqual(['o0', 'o1', 'o2']);
  expect(aborted).toEqual(['o1', 'o2']);
});

it('Refused messages are failures, unless acknowledge says otherwise; the good ones among them are handled.', async () => {
  const bad = [
    { id: 'a', text: 'no JSON' },
    { id: 'b' },
    { id: 'c', text: textOf({ id: 'c' }, { type: 'order.shipped' }) },
  ];
  const strict = lambda();
  expect(await strict.failures(eventOf(bad))).toEqual(['m-a', 'm-c']);
  expect(strict.reports.map(({ error }) => error.code)).toEqual(['BAD_MESSAGE', 'UNKNOWN_EVENT']);
  expect(await lambda(undefined, { acknowledge: ['unknown'] }).failures(eventOf(bad))).toEqual(['m-a']);
  expect(await lambda(undefined, { acknowledge: ['refused'] }).failures(eventOf(bad))).toEqual([]);
});

it('A closed bus gives all back.', async () => {
  const { bus, failures } = lambda();
  await bus.close();
  expect(await failures(eventOf(orders(2)))).toEqual(['m-o0', 'm-o1']);
});

it.each<[string, unknown, string]>([
  ['no event', undefined, 'got undefined without Records'],
  ['an HTTP request', { httpMethod: 'GET' }, 'got an object without Records'],
  ['S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }, 'got a record of "aws:s3"'],
  ['SNS', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'got a record of "aws:sns"'],
  ['a record that is none', { Records: [null] }, 'got a record of undefined'],
  [
    'a record without body',
    { Records: [{ eventSource: 'aws:sqs', messageId: 'a' }] },
    'without eventSourceARN, messageId or body',
  ],
])('Records of something else than SQS are a clear error: %s', async (_, event, text) => {
  expect(await rejectionOf(untyped(lambda().handler)(event) as Promise<unknown>)).toMatchObject({
    code: 'BAD_MESSAGE',
    message: expect.stringContaining(text),
  });
});
