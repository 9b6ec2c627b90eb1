import { expect, it } from 'vitest';
import { rejectionOf } from '../core/shop.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { gate, pause, until } from '../setup/async.ts';

it('stop lets what was taken be handled, deletes it, and takes nothing more.', async () => {
  await using scene = await stage();
  const { promise, open } = gate();
  const { consumer } = await scene.worker({ work: () => promise });
  await scene.send(orders(10));
  await until(() => consumer.status.inFlight === 10);
  const stopped = consumer.stop();
  expect(consumer.status.state).toBe('stopping');
  await scene.send([{ id: 'later' }]);
  await pause(100);
  open();
  await stopped;
  expect(consumer.status).toMatchObject({ state: 'stopped', inFlight: 0, acknowledged: 10 });
  expect(scene.queue.messages.map(({ receives }) => receives)).toEqual([0]);
  const polls = scene.server.requests.length;
  await pause(300);
  expect(scene.server.requests).toHaveLength(polls);
});

it('stop waits for the open poll, and a message that this brings is handled.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const { consumer } = await scene.worker({ work: (id) => void seen.push(id) });
  await pause(100);
  const stopped = consumer.stop();
  await scene.send(orders(1));
  await stopped;
  expect(seen).toEqual(['o0']);
  expect(scene.queue.messages).toEqual([]);
});

it('An open poll is aborted when the time is nearly over, so that stop ends in time.', async () => {
  await using scene = await stage();
  const { consumer } = await scene.worker({ consumer: { waitTimeSeconds: 20 } });
  await pause(100);
  const begun = performance.now();
  await consumer.stop({ timeout: 800 });
  expect(performance.now() - begun).toBeGreaterThan(550);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(consumer.status.state).toBe('stopped');
});

it('A message that is not done in time is aborted and comes again at once; one that waits for its group has not run.', async () => {
  await using scene = await stage('orders.fifo');
  const begun: string[] = [];
  // One receive brings all messages only if they are in the queue before it.
  await scene.send(orders(6, (i) => `group-${i % 2}`));
  const first = await scene.worker({
    work: (id, { signal }) => {
      begun.push(id);
      // One listener heeds its signal, and the other doesn't.
      if (id === 'o0')
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      return pause(6000);
    },
  });
  await until(() => begun.length === 2 && first.consumer.status.inFlight === 6);
  await first.consumer.stop({ timeout: 2000 });
  expect(begun.toSorted()).toEqual(['o0', 'o1']);
  expect(first.consumer.status).toMatchObject({ state: 'stopped', inFlight: 0 });
  const now = Date.now();
  expect(scene.queue.messages.map(({ visibleAt }) => visibleAt <= now)).toEqual(
    Array.from({ length: 6 }, () => true),
  );
  const seen: string[] = [];
  await scene.worker({ work: (id) => void seen.push(id) });
  await scene.empty();
  expect(seen.filter((id) => Number(id.slice(1)) % 2 === 0)).toEqual(['o0', 'o2', 'o4']);
  expect(seen.filter((id) => Number(id.slice(1)) % 2 === 1)).toEqual(['o1', 'o3', 'o5']);
}, 15_000);

it('Work of a listener after its message was given back is not counted: the message is not deleted.', async () => {
  await using scene = await stage();
  const { promise, open } = gate();
  const worker = await scene.worker({ work: () => promise });
  await scene.send(orders(1));
  await until(() => worker.consumer.status.inFlight === 1);
  await worker.consumer.stop({ timeout: 200 });
  open();
  await pause(50);
  expect(scene.log('delete')).toEqual([]);
  expect(scene.queue.messages).toHaveLength(1);
});

it('stop twice, before start, and while starting is no error; the shortest timeout counts.', async () => {
  await using scene = await stage();
  const twice = await scene.worker({ consumer: { waitTimeSeconds: 20 } });
  await pause(50);
  const begun = performance.now();
  await Promise.all([twice.consumer.stop(), twice.consumer.stop({ timeout: 300 })]);
  await twice.consumer.stop();
  expect(performance.now() - begun).toBeLessThan(1000);

  const idle = await scene.worker({ isIdle: true });
  expect(idle.consumer.status).toMatchObject({ state: 'idle', received: 0, lastAnswer: undefined });
  await idle.consumer.stop();
  expect(idle.consumer.status.state).toBe('stopped');
  expect(await rejectionOf(idle.consumer.start())).toMatchObject({
    code: 'CLOSED',
    message: "sqs/orders can't start: it was stopped. Make another consumer.",
  });

  const starting = await scene.worker({ isIdle: true });
  const started = starting.consumer.start();
  const polls = scene.server.requests.length;
  await Promise.all([starting.consumer.stop(), started]);
  expect(starting.consumer.status.state).toBe('stopped');
  expect(scene.server.requests.length - polls).toBeLessThanOrEqual(1);
});

it('A consumer that is started twice says so, and goes on.', async () => {
  await using scene = await stage();
  const { consumer } = await scene.worker();
  for (const again of [consumer.start(), consumer.run()]) {
    expect(await rejectionOf(again)).toMatchObject({
      code: 'BAD_OPTION',
      message: "sqs/orders can't start: it was started before. Call start or run once.",
    });
  }
  expect(consumer.status.state).toBe('running');
});

it('bus.close stops the consumer first, within its own timeout, and gives back what it holds.', async () => {
  await using scene = await stage();
  const done: string[] = [];
  const { bus, consumer } = await scene.worker({
    work: async (id) => { await pause(id === 'o0' ? 5000 : 100); done.push(id); }, // prettier-ignore
    consumer: { waitTimeSeconds: 20 },
  });
  await scene.send(orders(3));
  await until(() => consumer.status.inFlight === 3);
  const closed = rejectionOf(bus.close({ timeout: 2000 }));
  await until(() => consumer.status.state === 'stopped', 2200);
  expect(done.toSorted()).toEqual(['o1', 'o2']);
  expect(scene.queue.messages.map(({ visibleAt }) => visibleAt <= Date.now())).toEqual([true]);
  // The listener that ignores its signal is named.
  expect(await closed).toMatchObject({ code: 'DRAIN_TIMEOUT', message: expect.stringContaining('ship') });
});

it('A disabled bus gives messages back at once, and the consumer stops by itself; run resolves then.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ isIdle: true });
  worker.bus.enabled = false;
  const ran = worker.consumer.run();
  await scene.send(orders(3));
  await ran;
  expect(worker.consumer.status).toMatchObject({ state: 'stopped', inFlight: 0 });
  expect(scene.queue.messages.every(({ visibleAt }) => visibleAt <= Date.now())).toBe(true);
  expect(worker.texts).toEqual([]);
  expect(await rejectionOf(worker.bus.publish('mail.sent', { to: 'a' }))).toMatchObject({ code: 'CLOSED' });
});

it('A consumer of a closed bus does not start, and can be started no more by run.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ isIdle: true });
  await worker.bus.close();
  expect(await rejectionOf(worker.consumer.run())).toMatchObject({ code: 'CLOSED' });
  expect(scene.server.requests).toEqual([]);
});

it('run ends by its signal, and a signal that was aborted before lets nothing start.', async () => {
  await using scene = await stage();
  const controller = new AbortController();
  const worker = await scene.worker({ isIdle: true });
  const ran = worker.consumer.run({ signal: controller.signal, timeout: 5000 });
  await scene.send(orders(2));
  await scene.empty();
  controller.abort();
  await ran;
  expect(worker.consumer.status.state).toBe('stopped');
  const other = await scene.worker({ isIdle: true });
  await other.consumer.run({ signal: controller.signal });
  expect(other.consumer.status).toMatchObject({ state: 'stopped', lastAnswer: undefined });
});

it('await using stops a consumer.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ isIdle: true });
  {
    await using consumer = worker.consumer;
    await consumer.start();
  }
  expect(worker.consumer.status.state).toBe('stopped');
});
