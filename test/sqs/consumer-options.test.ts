import { AsyncLocalStorage } from 'node:async_hooks';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { initEvents } from '../../src/index.ts';
import { receiver } from '../../src/queue/index.ts';
import { sqsConsumer, sqsLambda } from '../../src/sqs/index.ts';
import { rejectionOf, thrownBy, untyped } from '../core/shop.ts';
import { catalog, e, orders } from '../queue/worker.ts';
import { stage, workerOf } from './worker.ts';
import { until } from '../setup/async.ts';

const URL = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const bus = e.bus({ handlers: [e.router()], unhandled: 'ignore' });

it.each<[object, string]>([
  [
    { queueUrl: undefined },
    'sqsConsumer: it needs queueUrl, the URL of a queue, such as https://sqs.eu-west-1',
  ],
  [{ queueUrl: 'orders' }, 'sqsConsumer: queueUrl must be the URL of a queue, such as https://'],
  [{ queueUrl: 'arn:aws:sqs:eu-west-1:1:orders' }, 'sqsConsumer: queueUrl must be the URL of a queue'],
  [
    { waitTimeSeconds: 30 },
    'sqsConsumer: waitTimeSeconds must be a whole number of seconds from 1 to 20, not 30.',
  ],
  [
    { waitTimeSeconds: 0 },
    'sqsConsumer: waitTimeSeconds must be a whole number of seconds from 1 to 20, not 0.',
  ],
  [
    { visibilityTimeout: 0 },
    'sqsConsumer: visibilityTimeout must be a whole number of seconds from 1 to 43200, not 0.',
  ],
  [
    { visibilityTimeout: 43_201 },
    'sqsConsumer: visibilityTimeout must be a whole number of seconds from 1 to 43200',
  ],
  [{ concurrency: 0 }, 'sqsConsumer: concurrency must be a positive integer, not 0.'],
  [{ client: {} }, 'sqsConsumer: client must be an SQSClient of @aws-sdk/client-sqs, not an object.'],
  [{ retryDelay: 5 }, 'sqsConsumer: retryDelay must be a function, not 5.'],
  [{ acknowledge: ['all'] }, "sqsConsumer: acknowledge must be a list of 'refused', 'unknown' and 'failed'"],
  [
    { acknowledge: ['failed'] },
    "sqs/orders: acknowledge: ['failed'] would lose events, because the bus has no deadLetter",
  ],
  [{ concurency: 5 }, 'sqsConsumer has no option "concurency". Did you mean "concurrency"?'],
])('sqsConsumer(bus, %j) is refused', (options, text) => {
  expect(thrownBy(() => untyped(sqsConsumer)(bus, { queueUrl: URL, ...options }))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
});

it.each<[object, string]>([
  [{ concurrency: 0 }, 'sqsLambda: concurrency must be a positive integer, not 0.'],
  [{ margin: -1 }, 'sqsLambda: margin must be a number of milliseconds, from 0 to 2147483647, not -1.'],
  [{ queueUrl: URL }, 'sqsLambda has no option "queueUrl".'],
  [{ acknowledge: ['failed'] }, "acknowledge: ['failed'] would lose events"],
])('sqsLambda(bus, %j) is refused', (options, text) => {
  expect(thrownBy(() => untyped(sqsLambda)(bus, options))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
});

it('A consumer that gets its arguments in the wrong order says which one must be the bus.', () => {
  const message = 'takes a bus made by e.bus first, not an object.';
  for (const take of [sqsConsumer, sqsLambda] as ((...args: never[]) => unknown)[])
    expect(thrownBy(() => untyped(take)({ queueUrl: URL }, bus))).toMatchObject({
      code: 'BAD_OPTION',
      message: `${take.name} ${message}`,
    });
  expect(thrownBy(() => untyped(receiver)({ name: 'a' }, bus))).toMatchObject({
    message: `receiver ${message}`,
  });
});

/** Starts a consumer that can't start, and returns why. */
async function refusalOf(queueUrl: string, client: SQSClient): Promise<{ code: string; message: string }> {
  await using worker = workerOf(queueUrl, client);
  const error = await rejectionOf(worker.consumer.start());
  expect(worker.consumer.status.state).toBe('idle');
  expect(worker.reports).toEqual([]);
  return error as never;
}
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

it('start rejects for an unknown queue, and names the fix.', async () => {
  await using scene = await stage();
  const { code, message } = await refusalOf(scene.queue.url.replace('orders', 'other'), scene.client);
  expect(code).toBe('RECEIVE_FAILED');
  expect(message).toMatch(
    /^sqs\/other can't start: there is no queue http:.*\/other: create it, or fix the option queueUrl \(QueueDoesNotExist/,
  );
});

it('start rejects if access is denied, and starts once it is allowed.', async () => {
  await using scene = await stage();
  scene.server.faults.failNext('ReceiveMessage', 'access denied', 1);
  const worker = await scene.worker({ isIdle: true });
  expect(await rejectionOf(worker.consumer.start())).toMatchObject({
    code: 'RECEIVE_FAILED',
    message: expect.stringMatching(
      /^sqs\/orders can't start: .*: allow it sqs:ReceiveMessage, .*AccessDenied/,
    ),
  });
  await worker.consumer.start();
  await scene.send(orders(1));
  await scene.empty();
});

it('start rejects for a client without a region or without credentials, and for a queue of another region.', async () => {
  const saved = { ...process.env };
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/none',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
  });
  delete process.env['AWS_REGION'];
  try {
    const own = 'http://127.0.0.1:9/1/orders';
    expect(await refusalOf(own, new SQSClient({ credentials }))).toMatchObject({
      code: 'RECEIVE_FAILED',
      message: expect.stringContaining(
        'the AWS client has no region: set AWS_REGION, or give client: new SQSClient({ region })',
      ),
    });
    expect(
      await refusalOf(own, new SQSClient({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:9' })),
    ).toMatchObject({
      code: 'RECEIVE_FAILED',
      message: expect.stringContaining(
        'there are none: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      ),
    });
    expect(await refusalOf(URL, new SQSClient({ region: 'us-east-1', credentials }))).toMatchObject({
      code: 'RECEIVE_FAILED',
      message:
        "sqs/orders can't start: the queue is in eu-west-1, and its client is for us-east-1: correct queueUrl, or give client: new SQSClient({ region: 'eu-west-1' })",
    });
  } finally {
    process.env = saved;
  }
});

it('A codec that throws, or gives no envelope, leaves the message, and is reported.', async () => {
  await using scene = await stage();
  for (const [decode, text] of [
    [() => { throw new TypeError('broken'); }, 'decode of its codec threw TypeError.'], // prettier-ignore
    [() => 7, 'decode of its codec returned no envelope'],
  ] as const) {
    const worker = await scene.worker({ consumer: { codec: { encode: () => '', decode: decode as never } } });
    await scene.send(orders(1));
    await expect.poll(() => worker.texts).toEqual([expect.stringContaining(text)]);
    expect(worker.consumer.status).toMatchObject({ refused: 1, acknowledged: 0 });
    await worker.consumer.stop({ timeout: 300 });
    scene.queue.messages = [];
  }
});

it('A bus without createContext leaves what its listeners could not handle, and says why.', async () => {
  const builder = initEvents.context<{ db: object }>().create(catalog);
  await using scene = await stage();
  const reports: string[] = [];
  const other = builder.bus({
    handlers: [builder.router().on('order.placed', () => {}, { name: 'ship' })],
    onError: ({ error }) => void reports.push(`${error.code} ${error.message}`),
  });
  await using consumer = sqsConsumer(other, {
    queueUrl: scene.queue.url,
    client: scene.client,
    waitTimeSeconds: 1,
  });
  await consumer.start();
  await scene.send(orders(1));
  // This worker can't handle any message, so it stops, and leaves the queue to others.
  await until(() => consumer.status.state === 'stopped');
  expect(reports[0]).toMatch(/^NO_CONTEXT sqs\/orders, message .*createContext/);
  expect(scene.queue.messages).toHaveLength(1);
});

it('A consumer that is started within a call keeps nothing of it.', async () => {
  const storage = new AsyncLocalStorage<string>();
  await using scene = await stage();
  const seen: unknown[] = [];
  const worker = await scene.worker({ isIdle: true, work: () => void seen.push(storage.getStore()) });
  let depth: number | undefined;
  worker.router.on('order.placed', ({ event }) => void (depth = event.depth), { name: 'depth' });
  await worker.bus.scope(async () => {
    await storage.run('a call', () => worker.consumer.start());
    await scene.send(orders(1));
    await scene.empty();
  });
  expect(seen).toEqual([undefined]);
  expect(depth).toBe(0);
});

it('A retryDelay that throws, or returns no seconds, is reported, and the default counts.', async () => {
  const thrown = () => { throw new Error('no clock'); }; // prettier-ignore
  for (const [retryDelay, text] of [
    [thrown, 'retryDelay threw Error: no clock'],
    [() => Number.NaN, 'retryDelay returned NaN, and must return seconds from 0 to 43200.'],
    [() => 43_201, 'retryDelay returned 43201, and must return seconds from 0 to 43200.'],
  ] as const) {
    await using scene = await stage();
    const worker = await scene.worker({
      work: () => Promise.reject(new Error('down')),
      consumer: { retryDelay },
    });
    await scene.send(orders(1));
    await expect.poll(() => scene.log('visibility')).toMatchObject([{ seconds: 2 }]);
    expect(worker.texts).toEqual([expect.stringContaining(text)]);
  }
});

it('Without a client, a consumer makes one from the environment, and destroys it when it stops.', async () => {
  await using scene = await stage();
  const saved = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    // Without this variable, the SDK warns about the host at each request.
    AWS_ENDPOINT_URL_SQS: scene.server.endpoint,
  });
  try {
    const worker = await scene.worker({ consumer: { client: undefined } });
    await scene.send(orders(3));
    await scene.empty();
    await worker.consumer.stop();
    expect(worker.texts).toEqual([]);
  } finally {
    process.env = saved;
  }
});
