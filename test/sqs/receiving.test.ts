import { expect, it } from 'vitest';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

const TEN = Array.from({ length: 10 }, (_, k) => k);

it('A message is deleted when its listeners are done, and its event is what was sent.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const { consumer } = await scene.worker({ work: (id) => void seen.push(id) });
  await scene.send(orders(25));
  await scene.empty();
  expect(seen.toSorted()).toEqual(orders(25).map(({ id }) => id).toSorted()); // prettier-ignore
  await until(() => consumer.status.inFlight === 0);
  expect(consumer.status).toMatchObject({
    state: 'running',
    inFlight: 0,
    received: 25,
    acknowledged: 25,
    failed: 0,
    lastAnswer: expect.any(Date),
    lastError: undefined,
  });
  // Deletes are gathered into batches.
  const requests = scene.server.requests.filter(({ operation }) => operation === 'DeleteMessageBatch');
  expect(requests.length).toBeLessThanOrEqual(8);
});

it.concurrent.each(TEN)(
  'Standard: if message %i of ten fails, only that one stays, and comes again after retryDelay.',
  async (k) => {
    await using scene = await stage();
    const runs: string[] = [];
    const asked: number[] = [];
    const worker = await scene.worker({
      isIdle: true,
      work(id) {
        runs.push(id);
        if (id === `o${k}` && runs.filter((run) => run === id).length === 1) throw new Error('down');
      },
      consumer: { retryDelay: ({ receiveCount }) => (asked.push(receiveCount), 1) },
    });
    await scene.send(orders(10));
    await worker.consumer.start();
    await until(() => scene.queue.messages.length === 1);
    expect(scene.queue.messages.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual([
      `o${k}`,
    ]);
    await scene.empty();
    expect(runs.toSorted()).toEqual([...orders(10).map(({ id }) => id), `o${k}`].toSorted());
    expect(asked).toEqual([1]);
    expect(scene.log('visibility')).toMatchObject([{ order: `o${k}`, seconds: 1 }]);
  },
);

it.concurrent.each(TEN)(
  'FIFO, one group: if message %i of ten fails, no later one has run or is deleted, and then all come in order.',
  async (k) => {
    await using scene = await stage('orders.fifo');
    const runs: string[] = [];
    let isDown = true;
    const worker = await scene.worker({
      isIdle: true,
      work(id) {
        runs.push(id);
        if (id === `o${k}` && isDown) throw new Error('down');
      },
      consumer: { retryDelay: () => 1 },
    });
    await scene.send(orders(10, () => 'one'));
    await worker.consumer.start();
    await until(() => runs.length === k + 1 && worker.consumer.status.inFlight === 0);
    const ids = orders(10).map(({ id }) => id);
    expect(runs).toEqual(ids.slice(0, k + 1));
    expect(scene.queue.messages.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual(
      ids.slice(k),
    );
    isDown = false;
    await scene.empty();
    expect(runs).toEqual([...ids.slice(0, k + 1), ...ids.slice(k)]);
  },
);

it.concurrent.each(TEN)(
  'FIFO, two groups: if message %i of ten fails, its group waits, and the other goes on.',
  async (k) => {
    await using scene = await stage('orders.fifo');
    const groupOf = (i: number) => (i % 2 === 0 ? 'even' : 'odd');
    const runs: string[] = [];
    const worker = await scene.worker({
      isIdle: true,
      work(id) {
        runs.push(id);
        if (id === `o${k}`) throw new Error('down');
      },
      consumer: { retryDelay: () => 60 },
    });
    await scene.send(orders(10, groupOf));
    await worker.consumer.start();
    const isRun = (i: number) => groupOf(i) !== groupOf(k) || i <= k;
    const expected = TEN.filter(isRun).map((i) => `o${i}`);
    await until(() => runs.length >= expected.length && worker.consumer.status.inFlight === 0);
    await pause(50);
    expect(runs.toSorted()).toEqual(expected.toSorted());
    const left = TEN.filter((i) => groupOf(i) === groupOf(k) && i >= k).map((i) => `o${i}`);
    expect(scene.queue.messages.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual(left);
  },
);

it('A slow message delays no other, and no poll; no more are at work than concurrency says.', async () => {
  await using scene = await stage();
  let running = 0;
  let most = 0;
  let done = 0;
  const { consumer } = await scene.worker({
    async work(id) {
      most = Math.max(most, ++running);
      await pause(id === 'o0' ? 1500 : 5);
      running--;
      done++;
    },
    consumer: { concurrency: 4 },
  });
  await scene.send(orders(60));
  await until(() => done === 59);
  expect(consumer.status.inFlight).toBeGreaterThanOrEqual(1);
  expect(most).toBe(4);
  await scene.empty();
  const asked = scene.server.requests
    .filter(({ operation }) => operation === 'ReceiveMessage')
    .map(({ input }) => input.MaxNumberOfMessages!);
  expect(Math.max(...asked)).toBeLessThanOrEqual(4);
});

it('FIFO: no more are at work than concurrency says, while deletes take their time.', async () => {
  await using scene = await stage('orders.fifo');
  let running = 0;
  let most = 0;
  const client = scene.server.client();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (commandName === 'DeleteMessageBatchCommand') await pause(15);
        return result;
      },
    { step: 'initialize' },
  );
  await scene.send(orders(90, (i) => `group-${Math.floor(i / 3)}`));
  await scene.worker({
    async work() {
      most = Math.max(most, ++running);
      await pause(30);
      running--;
    },
    consumer: { client, concurrency: 3 },
  });
  await scene.empty(20_000);
  expect(most).toBe(3);
}, 30_000);

it('While deletes get no answer, no more is taken than ten times what may be at work.', async () => {
  await using scene = await stage();
  const release = scene.server.faults.hold(
    ({ ReceiptHandle, VisibilityTimeout }) => ReceiptHandle !== undefined && VisibilityTimeout === undefined,
  );
  await scene.send(orders(40));
  const { consumer } = await scene.worker({ consumer: { concurrency: 2 } });
  await until(() => consumer.status.received === 22);
  await pause(200);
  expect(consumer.status).toMatchObject({ received: 22, inFlight: 22 });
  release();
  await scene.empty();
  expect(consumer.status.received).toBe(40);
});

it('Each delivery knows its queue, its message and how often it came; attributes give the trace that the text lacks.', async () => {
  await using scene = await stage();
  const deliveries: unknown[] = [];
  let runs = 0;
  await scene.worker({
    work: () => { if (runs++ === 0) throw new Error('down'); }, // prettier-ignore
    bus: { observers: [{ name: 'sees', wrapDelivery: (info, run) => (deliveries.push(info), void run()) }] },
    consumer: { retryDelay: () => 0 },
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const attributes = { traceparent: { DataType: 'String', StringValue: traceparent } };
  await scene.send([{ id: 'a', attributes }]);
  await scene.empty();
  const messageId = scene.server.log[0]!.messageId;
  const from = { system: 'aws.sqs', destination: 'orders', messageId };
  expect(deliveries).toMatchObject([
    { attempt: 1, from, event: { id: 'a', traceparent } },
    { attempt: 2, from, event: { id: 'a', traceparent } },
  ]);
});

it('A message whose chained event could not be handled is kept, and chains the same id again.', async () => {
  await using scene = await stage();
  const ids: string[] = [];
  const worker = await scene.worker({ isIdle: true, consumer: { retryDelay: () => 0 } });
  worker.router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
  worker.router.on('mail.sent', ({ event }) => { ids.push(event.id); if (ids.length === 1) throw new Error('down'); }, { name: 'mail' }); // prettier-ignore
  await worker.consumer.start();
  await scene.send(orders(1));
  await scene.empty();
  expect(ids).toEqual([ids[0], ids[0]]);
});
