import { expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

/** How long the broker is gone, in ms. `npm run test:faults` takes the full time. */
const GONE = SCALE === 1 ? 10_000 : 3000;

it('While the broker is gone, polls are few and cost nothing, the state says so, and it comes back by itself.', async () => {
  await using scene = await stage();
  let polls = 0;
  const send = scene.client.send.bind(scene.client) as (...args: unknown[]) => Promise<unknown>;
  const client = { send: (...args: unknown[]) => (polls++, send(...args)) };
  const seen: string[] = [];
  const worker = await scene.worker({
    work: (id) => void seen.push(id),
    consumer: { client },
  });
  const { consumer } = worker;
  const answeredAt = consumer.status.lastAnswer!;
  await scene.server.goAway();
  const before = polls;
  const cpu = process.cpuUsage();
  await until(() => consumer.status.state === 'unreachable');
  expect(consumer.status.lastError).toMatch(/ECONN|socket hang up/);
  await pause(GONE);
  const { user, system } = process.cpuUsage(cpu);
  expect(polls - before).toBeLessThanOrEqual(12);
  expect(consumer.status.state).toBe('unreachable');
  printFigure(
    `gone for ${GONE} ms: ${polls - before} polls, ${((user + system) / 10 / GONE).toFixed(1)} % CPU of the whole test`,
  );
  await scene.server.comeBack();
  const back = performance.now();
  await scene.send(orders(3));
  await scene.empty(12_000);
  printFigure(`handled ${Math.round(performance.now() - back)} ms after its return`);
  expect(seen).toHaveLength(3);
  expect(consumer.status.state).toBe('running');
  expect(consumer.status.lastAnswer!.getTime()).toBeGreaterThan(answeredAt.getTime());
  expect(worker.texts).toEqual([
    expect.stringMatching(
      /^sqs\/orders gets no messages: 127\.0\.0\.1:\d+ could not be reached .* It tries again, at least every 10 s\.$/,
    ),
    expect.stringMatching(/^sqs\/orders: the broker answers again, after \d+ s\.$/),
  ]);
  expect(worker.reports.map(({ error }) => error.code)).toEqual(['RECEIVE_FAILED', 'RECEIVE_RESUMED']);
}, 30_000);

it('A broker that is away at the start is no error: the consumer starts, and waits for it.', async () => {
  await using scene = await stage();
  await scene.server.goAway();
  const worker = await scene.worker();
  expect(worker.consumer.status).toMatchObject({ state: 'unreachable', lastAnswer: undefined });
  await scene.server.comeBack();
  await scene.send(orders(2));
  await scene.empty();
  expect(worker.consumer.status.state).toBe('running');
});

it('A queue that is deleted and made again is taken up again.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  await pause(50);
  scene.server.queues.delete('orders');
  await until(() => worker.consumer.status.state === 'unreachable', 3000);
  expect(worker.consumer.status.lastError).toMatch(/^there is no queue .*: create it, .*QueueDoesNotExist/);
  const again = scene.server.createQueue('orders');
  await scene.send(orders(2));
  await until(() => again.messages.length === 0);
  expect(worker.consumer.status.state).toBe('running');
  expect(worker.texts).toHaveLength(2);
});

it('Throttled and failed polls are answered by a wait, and nothing is lost.', async () => {
  await using scene = await stage();
  scene.server.faults.failNext('ReceiveMessage', 'throttle', 3);
  const worker = await scene.worker();
  scene.server.faults.failNext('ReceiveMessage', 'error 500', 2);
  await scene.send(orders(5));
  await scene.empty();
  expect(worker.texts).toHaveLength(2);
});

it('stop ends the wait for a broker that is gone.', async () => {
  await using scene = await stage();
  const { consumer } = await scene.worker();
  await scene.server.goAway();
  await until(() => consumer.status.state === 'unreachable');
  await pause(1000);
  const begun = performance.now();
  await consumer.stop();
  expect(performance.now() - begun).toBeLessThan(200);
  expect(consumer.status.state).toBe('stopped');
});

it('A message whose delete gets no answer before the time of stop is over is reported, and stop ends.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  const release = scene.server.faults.hold(
    ({ ReceiptHandle, VisibilityTimeout }) => ReceiptHandle !== undefined && VisibilityTimeout === undefined,
  );
  await scene.send(orders(1));
  await until(() => worker.consumer.status.acknowledged === 1);
  await worker.consumer.stop({ timeout: 400 });
  release();
  expect(worker.texts).toEqual([
    'sqs/orders: stop has run out of time. The broker has not answered for 1 message, which may come again.',
  ]);
});
