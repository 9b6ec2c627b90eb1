import { expect, it, vi } from 'vitest';
import { rejectionOf } from '../core/shop.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { gate, pause, until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

const exact = { enableExactlyOnceDelivery: true };

it.each([{}, exact])(
  'stop lets what was taken be handled, acknowledges it, and takes nothing more; %j',
  async (config) => {
    await using scene = await stage(config);
    const { promise, open } = gate();
    const { consumer } = await scene.worker({ work: () => promise });
    scene.send(orders(10));
    await until(() => consumer.status.inFlight === 10 && consumer.status.received === 10);
    const stopped = consumer.stop();
    expect(consumer.status.state).toBe('stopping');
    await until(() => scene.server.streams === 0);
    scene.send([{ id: 'later' }]);
    await pause(100);
    open();
    await stopped;
    expect(consumer.status).toMatchObject({ state: 'stopped', inFlight: 0, acknowledged: 10 });
    // All ten messages were answered by then.
    expect(scene.log('ack')).toHaveLength(10);
    expect(scene.rest).toEqual(['later']);
    expect(scene.subscription.counts).toEqual({ waiting: 1, out: 0 });
  },
);

it.each([{}, exact, { enableMessageOrdering: true }])(
  'A stop under load ends soon, and what was not handled is free for others at once; %j',
  async (config) => {
    await using scene = await stage(config);
    const runs: string[] = [];
    const worker = await scene.worker({
      work: (id) => (runs.push(id), pause(20)),
      consumer: { concurrency: 5 },
    });
    scene.send(orders(600, (i) => `key-${i % 20}`));
    await until(() => runs.length > 60);
    const begun = performance.now();
    await worker.consumer.stop();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(worker.texts).toEqual([]);
    const { acknowledged, inFlight, received } = worker.consumer.status;
    expect(inFlight).toBe(0);
    expect(acknowledged).toBe(runs.length);
    // On a busy machine, some messages may still be on their way to the worker when its stream ends.
    const onTheWay = scene.log('deliver').length - received;
    expect(scene.subscription.counts.out).toBeLessThanOrEqual(onTheWay);
    expect(scene.rest).toHaveLength(600 - runs.length);
  },
  20_000,
);

it('A message that is not done in time is aborted and comes again at once; one that waits for its key has not run.', async () => {
  await using scene = await stage({ enableMessageOrdering: true });
  const begun: string[] = [];
  scene.send(orders(6, (i) => `key-${i % 2}`));
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
  expect(scene.subscription.counts).toEqual({ waiting: 6, out: 0 });
  const seen: string[] = [];
  await scene.worker({ work: (id) => void seen.push(id) });
  await scene.empty();
  expect(seen.filter((id) => Number(id.slice(1)) % 2 === 0)).toEqual(['o0', 'o2', 'o4']);
  expect(seen.filter((id) => Number(id.slice(1)) % 2 === 1)).toEqual(['o1', 'o3', 'o5']);
}, 15_000);

it('Work of a listener after its message was given back is not counted: the message is not acknowledged.', async () => {
  await using scene = await stage();
  const { promise, open } = gate();
  const worker = await scene.worker({ work: () => promise });
  scene.send(orders(1));
  await until(() => worker.consumer.status.received === 1);
  await worker.consumer.stop({ timeout: 400 });
  open();
  await pause(50);
  expect(scene.log('ack')).toEqual([]);
  expect(scene.rest).toEqual(['o0']);
  expect(scene.subscription.counts.out).toBe(0);
});

it('A message that was left holds up no stop, and is given back by it.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  scene.send([{ id: 'bad', text: 'no event' }]);
  await until(() => worker.texts.length === 1);
  const begun = performance.now();
  await worker.consumer.stop();
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(scene.subscription.counts).toEqual({ waiting: 1, out: 0 });
});

/** Returns the ack ids that were given back before the first ack. An old copy may have been extended until then. */
function givenBackBeforeAck({ server }: Awaited<ReturnType<typeof stage>>): readonly string[] {
  const answered = server.requests.findIndex(({ operation }) => operation === 'acknowledge');
  expect(answered).toBeGreaterThan(0);
  return server.requests
    .slice(0, answered)
    .filter(({ operation, input }) => operation === 'modifyAckDeadline' && input.ackDeadlineSeconds === 0)
    .flatMap(({ input: { ackIds = [] } }) => ackIds);
}

it('A stop gives back no old copy of a message before its new copy is answered, because that could count for the new one.', async () => {
  await using scene = await stage();
  const gates = [gate(), gate()];
  let runs = 0;
  const worker = await scene.worker({ work: () => gates[runs++]!.promise });
  scene.send(orders(1));
  await until(() => runs === 1 && scene.log('extend').length === 1);
  scene.subscription.expire();
  await until(() => worker.texts.length === 1);
  gates[0]!.open();
  await until(() => runs === 2);
  const stopped = worker.consumer.stop();
  await until(() => scene.server.streams === 0);
  await pause(200);
  gates[1]!.open();
  await stopped;
  expect(givenBackBeforeAck(scene)).toEqual([]);
});

it('A stop gives back no old copy of a message that was left, while its new copy is at work.', async () => {
  await using scene = await stage();
  let isKnown = false;
  const codec = {
    encode: () => '',
    decode(text: string) {
      if (!isKnown) throw new Error('not yet');
      return { name: 'order.placed', payload: { id: 'o0' }, time: new Date(), ...JSON.parse(text) as { id: string } }; // prettier-ignore
    },
  };
  const { promise, open } = gate();
  const worker = await scene.worker({ work: () => promise, consumer: { codec } });
  scene.send(orders(1));
  await until(() => worker.texts.length === 1 && scene.log('extend').length === 1);
  isKnown = true;
  scene.subscription.expire();
  await until(() => worker.consumer.status.received === 2);
  const stopped = worker.consumer.stop();
  await until(() => scene.server.streams === 0);
  await pause(200);
  open();
  await stopped;
  expect(givenBackBeforeAck(scene)).toEqual([]);
  expect(scene.subscription.counts).toEqual({ waiting: 0, out: 0 });
});

it('stop twice, before start, and while starting is no error.', async () => {
  await using scene = await stage();
  const twice = await scene.worker();
  await Promise.all([twice.consumer.stop(), twice.consumer.stop({ timeout: 300 })]);
  await twice.consumer.stop();

  const idle = await scene.worker({ isIdle: true });
  expect(idle.consumer.status).toMatchObject({ state: 'idle', received: 0, lastAnswer: undefined });
  await idle.consumer.stop();
  expect(idle.consumer.status.state).toBe('stopped');
  expect(await rejectionOf(idle.consumer.start())).toMatchObject({
    code: 'CLOSED',
    message: "pubsub/worker can't start: it was stopped. Make another consumer.",
  });

  for (const ms of [0, 5, 30]) {
    const starting = await scene.worker({ isIdle: true });
    const started = starting.consumer.start();
    await pause(ms);
    await Promise.all([starting.consumer.stop(), started]);
    expect(starting.consumer.status.state).toBe('stopped');
    expect(starting.texts).toEqual([]);
  }
  await until(() => scene.server.streams === 0);
});

it('A consumer that is started twice says so, and goes on.', async () => {
  await using scene = await stage();
  const { consumer } = await scene.worker();
  for (const again of [consumer.start(), consumer.run()]) {
    expect(await rejectionOf(again)).toMatchObject({
      code: 'BAD_OPTION',
      message: "pubsub/worker can't start: it was started before. Call start or run once.",
    });
  }
  expect(consumer.status.state).toBe('running');
});

it('bus.close stops the consumer first, within its own timeout, and gives back what it holds.', async () => {
  await using scene = await stage();
  const done: string[] = [];
  const { bus, consumer } = await scene.worker({
    work: async (id) => { await pause(id === 'o0' ? 5000 : 100); done.push(id); }, // prettier-ignore
  });
  scene.send(orders(3));
  await until(() => consumer.status.received === 3);
  const closed = rejectionOf(bus.close({ timeout: 2000 }));
  await until(() => consumer.status.state === 'stopped', 2200);
  expect(done.toSorted()).toEqual(['o1', 'o2']);
  expect(scene.rest).toEqual(['o0']);
  expect(scene.subscription.counts.out).toBe(0);
  expect(await closed).toMatchObject({ code: 'DRAIN_TIMEOUT', message: expect.stringContaining('ship') });
});

it('A disabled bus gives messages back at once, and the consumer stops by itself; run resolves then.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ isIdle: true });
  worker.bus.enabled = false;
  const ran = worker.consumer.run();
  scene.send(orders(3));
  await ran;
  expect(worker.consumer.status).toMatchObject({ state: 'stopped', inFlight: 0 });
  expect(scene.subscription.counts).toEqual({ waiting: 3, out: 0 });
  expect(worker.texts).toEqual([]);
  expect(await rejectionOf(worker.bus.publish('mail.sent', { to: 'a' }))).toMatchObject({ code: 'CLOSED' });
});

it('run ends by its signal, and await using stops a consumer.', async () => {
  await using scene = await stage();
  const controller = new AbortController();
  const worker = await scene.worker({ isIdle: true });
  const ran = worker.consumer.run({ signal: controller.signal, timeout: 5000 });
  scene.send(orders(2));
  await scene.empty();
  controller.abort();
  await ran;
  expect(worker.consumer.status.state).toBe('stopped');
  const other = await scene.worker({ isIdle: true });
  {
    await using consumer = other.consumer;
    await consumer.start();
  }
  expect(other.consumer.status.state).toBe('stopped');
});

it('A message whose ack gets no answer before the time of stop is over is reported, and stop ends.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  const release = scene.server.faults.hold(({ operation }) => operation === 'acknowledge');
  scene.send(orders(1));
  await until(() => worker.consumer.status.acknowledged === 1);
  const begun = performance.now();
  await worker.consumer.stop({ timeout: 400 });
  expect(performance.now() - begun).toBeLessThan(1500);
  expect(worker.texts).toEqual([
    'pubsub/worker: stop has run out of time. The broker has not answered for 1 message, which may come again.',
  ]);
  release();
});
