/** These tests show what a worker does if nobody answers, or if answers come too late. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { orders } from '../queue/worker.ts';
import { stage, workerOf } from './worker.ts';
import { pause, until } from '../setup/async.ts';

it('run ends in time, though the client waits for credentials for ever.', async () => {
  const client = new SQSClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: () => new Promise(() => {}),
  });
  await using worker = workerOf('http://127.0.0.1:9/1/orders', client);
  const controller = new AbortController();
  const running = worker.consumer.run({ signal: controller.signal, timeout: 500 });
  await pause(50);
  controller.abort();
  const begun = performance.now();
  await running;
  expect(performance.now() - begun).toBeLessThan(1700);
  expect(worker.consumer.status.state).toBe('stopped');
  client.destroy();
});

it('An extension that nobody answers: the signal aborts when the visibility is over.', async () => {
  await using scene = await stage();
  let abortedAt = 0;
  const worker = await scene.worker({
    work: (_, { signal }) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => ((abortedAt = performance.now()), resolve()));
      }),
    consumer: { visibilityTimeout: 1 },
  });
  const release = scene.server.faults.hold(({ VisibilityTimeout }) => VisibilityTimeout !== undefined);
  await scene.send(orders(1));
  await until(() => worker.consumer.status.inFlight === 1);
  const begun = performance.now();
  await until(() => abortedAt > 0);
  expect(abortedAt - begun).toBeLessThan(1300);
  expect(worker.texts[0]).toContain('The message is no longer hidden from others. It could not be extended');
  release();
});

it('Requests that are refused for a moment, and not their messages, are repeated: nothing is lost or handled twice.', async () => {
  await using scene = await stage();
  const runs: string[] = [];
  const worker = await scene.worker({
    work: (id) => (runs.push(id), pause(1300)),
    consumer: { visibilityTimeout: 2 },
  });
  scene.server.faults.failNext('ChangeMessageVisibilityBatch', 'access denied', 1);
  scene.server.faults.failNext('DeleteMessageBatch', 'access denied', 1);
  await scene.send(orders(3));
  await scene.empty();
  expect(runs.toSorted()).toEqual(['o0', 'o1', 'o2']);
  expect(worker.texts).toEqual([]);
  expect(worker.consumer.status.lastError).toMatch(/^the process may not receive from http/);
});

it('FIFO: what was lost while something blocked the process is not run here.', async () => {
  await using scene = await stage('orders.fifo');
  const runs: { id: string; hidden: boolean }[] = [];
  await scene.send(orders(3, () => 'one'));
  await scene.worker({
    work(id) {
      const { visibleAt } = scene.queue.messages.find(({ body }) => body.includes(`"${id}"`))!;
      runs.push({ id, hidden: visibleAt > Date.now() });
      const end = performance.now() + (runs.length === 1 ? 1500 : 0);
      while (performance.now() < end);
    },
    consumer: { visibilityTimeout: 1 },
  });
  await scene.empty();
  expect(runs.filter(({ hidden }) => !hidden)).toEqual([]);
  expect([...new Set(runs.map(({ id }) => id))]).toEqual(['o0', 'o1', 'o2']);
});

it('A worker that is full, and polls no more, still knows whether the broker answers.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({
    work: () => pause(4000),
    consumer: { concurrency: 1, visibilityTimeout: 2 },
  });
  const { consumer } = worker;
  await scene.send(orders(1));
  await until(() => consumer.status.inFlight === 1);
  const received = consumer.status.lastAnswer!.getTime();
  await until(() => consumer.status.lastAnswer!.getTime() > received);
  expect(consumer.status.state).toBe('running');
  await scene.server.goAway();
  await until(() => consumer.status.state === 'unreachable');
  // The worker knows this before its message is lost, and before it sends another poll.
  expect(worker.texts).toEqual([expect.stringContaining('sqs/orders gets no messages: 127.0.0.1')]);
  await scene.server.comeBack();
  await until(() => consumer.status.state === 'running');
  await scene.empty();
}, 20_000);

it('While polls fail, the answers to other requests end no outage, and shorten no wait.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({
    work: () => pause(3500),
    consumer: { concurrency: 8, visibilityTimeout: 1 },
  });
  await scene.send(orders(4));
  await until(() => worker.consumer.status.inFlight === 4);
  scene.server.faults.failNext('ReceiveMessage', 'throttle', 99);
  await until(() => worker.consumer.status.state === 'unreachable');
  const polls = () => scene.server.requests.filter(({ operation }) => operation === 'ReceiveMessage').length;
  const before = polls();
  await pause(3000);
  expect(scene.log('visibility').length).toBeGreaterThan(4);
  expect(polls() - before).toBeLessThanOrEqual(6);
  expect(worker.texts).toEqual([expect.stringContaining('sqs/orders gets no messages: ThrottlingException')]);
}, 15_000);

it('A request beside working polls that gets no answer is no outage.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  scene.server.faults.failNext('DeleteMessageBatch', 'drop before', 1);
  await scene.send(orders(3));
  await scene.empty();
  expect(worker.texts).toEqual([]);
});

it('A delete that the answer does not mention is sent again, and the next of its group waits.', async () => {
  await using scene = await stage('orders.fifo');
  const client = scene.server.client();
  let isFirst = true;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'DeleteMessageBatchCommand' || !isFirst) return next(args);
        isFirst = false;
        // The delete never reaches the server, as if a proxy had swallowed it.
        return { response: {}, output: { Successful: [], Failed: [] } } as never;
      },
    { step: 'initialize' },
  );
  const runs: string[] = [];
  await scene.send(orders(2, () => 'one'));
  await scene.worker({ work: (id) => void runs.push(id), consumer: { client } });
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1']);
});

it('A stop while starting, with the broker gone, reports no broker that is tried again.', async () => {
  await using scene = await stage();
  const resume = scene.server.faults.pause();
  const worker = await scene.worker({ isIdle: true });
  const starting = worker.consumer.start();
  await pause(50);
  await worker.consumer.stop({ timeout: 200 });
  await starting;
  resume();
  expect(worker.texts).toEqual([]);
  expect(worker.consumer.status.state).toBe('stopped');
});

it('A consumer of a closed bus says so at each start.', async () => {
  await using scene = await stage();
  const { consumer, bus } = await scene.worker({ isIdle: true });
  await bus.close();
  for (const _ of [1, 2]) await expect(consumer.start()).rejects.toMatchObject({ code: 'CLOSED' });
  expect(consumer.status.state).toBe('idle');
});

it('A retryDelay that is asynchronous is reported, and the default is taken.', async () => {
  await using scene = await stage();
  let runs = 0;
  const worker = await scene.worker({
    work() {
      if (runs++ === 0) throw new Error('down');
    },
    consumer: { retryDelay: (() => Promise.reject(new Error('no delay'))) as never },
  });
  await scene.send(orders(1));
  await scene.empty();
  expect(runs).toBe(2);
  expect(worker.texts).toEqual([
    expect.stringContaining('retryDelay returned an object, and must return seconds'),
  ]);
});
