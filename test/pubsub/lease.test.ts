import { expect, it, vi } from 'vitest';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { gate, pause, until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

const exact = { enableExactlyOnceDelivery: true };

/** Makes a listener that ends when its signal aborts. */
const untilLost =
  (reasons: unknown[]) =>
  (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => (reasons.push(signal.reason), resolve()));
    });

it.concurrent.each([{}, exact])(
  'A listener that takes three deadlines runs once, and is not extended after its ack; %j',
  async (config) => {
    await using scene = await stage(config);
    let runs = 0;
    await scene.worker({ work: () => (runs++, pause(6300)), deadline: 2 });
    scene.send(orders(1));
    await scene.empty();
    await pause(2200);
    expect(runs).toBe(1);
    const actions = scene.log().map(({ action }) => action);
    expect(actions.filter((action) => action === 'deliver')).toHaveLength(1);
    expect(actions.at(-1)).toBe('ack');
    expect(scene.log('extend').length).toBeGreaterThanOrEqual(3);
  },
);

it.concurrent('A message that waits for its key is extended too, and runs once.', async () => {
  await using scene = await stage({ enableMessageOrdering: true });
  const runs: string[] = [];
  scene.send(orders(4, () => 'one'));
  const { consumer } = await scene.worker({ work: (id) => (runs.push(id), pause(1200)), deadline: 2 });
  await until(() => consumer.status.inFlight === 4);
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1', 'o2', 'o3']);
  expect(scene.log('deliver')).toHaveLength(4);
});

it.concurrent('When a message comes again while it runs, its signal aborts, it is reported, not acknowledged, and runs again after that.', async () => {
  await using scene = await stage();
  const reasons: unknown[] = [];
  let runs = 0;
  const wait = untilLost(reasons);
  const worker = await scene.worker({ work: (id, tools) => (++runs === 1 ? wait(id, tools) : undefined) });
  scene.send(orders(1));
  // The client's first extension confirms that it has the message.
  await until(() => runs === 1 && scene.log('extend').length === 1);
  scene.subscription.expire();
  await scene.empty();
  expect(reasons).toMatchObject([{ code: 'RECEIVE_FAILED', message: expect.stringContaining('come again') }]);
  expect(worker.texts).toEqual([
    expect.stringMatching(/^pubsub\/worker, message \d+: The message is no longer held back/),
  ]);
  expect(runs).toBe(2);
  const [first, second] = scene.log('deliver');
  expect(scene.log('ack').map(({ ackId }) => ackId)).toEqual([second!.ackId]);
  // An extension of the first lease may have been on its way when that ended. An ack was not.
  const lateAcks = scene.log('late').filter(({ seconds }) => seconds === undefined);
  expect(lateAcks.filter(({ ackId }) => ackId === first!.ackId)).toEqual([]);
  await until(() => worker.consumer.status.inFlight === 0);
});

it.concurrent('Two copies of one message never run at a time, even if the listener ignores its signal.', async () => {
  await using scene = await stage();
  let running = 0;
  let most = 0;
  let runs = 0;
  await scene.worker({
    async work() {
      most = Math.max(most, ++running);
      if (++runs === 1) await pause(600);
      running--;
    },
  });
  scene.send(orders(1));
  await until(() => runs === 1);
  scene.subscription.expire();
  await scene.empty();
  expect(runs).toBe(2);
  expect(most).toBe(1);
});

it.concurrent('When a message of a key comes again, the later ones wait for it, and all run in order.', async () => {
  await using scene = await stage({ enableMessageOrdering: true });
  const runs: string[] = [];
  scene.send(orders(5, () => 'one'));
  const worker = await scene.worker({
    work: (id) => (runs.push(id), runs.length === 2 ? pause(400) : undefined),
  });
  await until(() => runs.length === 2);
  scene.subscription.expire(({ data }) => String(data).includes('"id":"o1"'));
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1', 'o1', 'o2', 'o3', 'o4']);
  expect(worker.texts).toHaveLength(1);
});

it.concurrent('With exactly-once delivery, an extension that is refused aborts the signal, and the message is not acknowledged.', async () => {
  await using scene = await stage(exact);
  const reasons: unknown[] = [];
  let runs = 0;
  const wait = untilLost(reasons);
  const worker = await scene.worker({
    work: (id, tools) => (++runs === 1 ? wait(id, tools) : undefined),
    deadline: 4,
  });
  scene.send(orders(1));
  await until(() => runs === 1);
  const undo = scene.server.faults.failAcks((_, operation) =>
    operation === 'extend' ? 'permanent' : undefined,
  );
  await until(() => reasons.length === 1);
  undo();
  expect(worker.texts).toEqual([expect.stringContaining('The message is no longer held back from others')]);
  expect(scene.log('ack')).toEqual([]);
  await scene.empty();
  expect(runs).toBe(2);
});

it.concurrent('With exactly-once delivery, an ack that fails is reported, and the next of its key waits for the message to come again.', async () => {
  await using scene = await stage({ ...exact, enableMessageOrdering: true });
  const runs: string[] = [];
  let failed = 0;
  scene.server.faults.failAcks((_, operation) =>
    operation === 'ack' && failed++ === 0 ? 'permanent' : undefined,
  );
  scene.send(orders(3, () => 'one'));
  const worker = await scene.worker({ work: (id) => void runs.push(id), deadline: 4 });
  await until(() => worker.texts.length === 1);
  expect(worker.texts[0]).toMatch(
    /^pubsub\/worker, message \d+: it was handled, but could not be acknowledged, and may come again: its deadline was over/,
  );
  await scene.empty(20_000);
  expect(runs).toEqual(['o0', 'o0', 'o1', 'o2']);
});

it.concurrent('With exactly-once delivery, the next of a key starts when the ack of the former is answered.', async () => {
  await using scene = await stage({ ...exact, enableMessageOrdering: true });
  const runs: string[] = [];
  const release = scene.server.faults.hold(({ operation }) => operation === 'acknowledge');
  scene.send(orders(2, () => 'one'));
  const { consumer } = await scene.worker({ work: (id) => void runs.push(id) });
  await until(() => scene.server.requests.some(({ operation }) => operation === 'acknowledge'));
  await pause(100);
  expect(runs).toEqual(['o0']);
  expect(consumer.status.inFlight).toBe(2);
  release();
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1']);
});

it.concurrent('Acks that fail for a moment are repeated, and no message is handled twice.', async () => {
  await using scene = await stage();
  const runs: string[] = [];
  scene.server.faults.failNext('acknowledge', 'UNAVAILABLE', 2);
  const worker = await scene.worker({ work: (id) => void runs.push(id) });
  scene.send(orders(10));
  await scene.empty();
  expect(runs).toHaveLength(10);
  expect(scene.log('deliver')).toHaveLength(10);
  expect(worker.texts).toEqual([]);
});

it.concurrent('An ack that is refused for good is reported with its message.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  scene.server.faults.failNext('acknowledge', 'PERMISSION_DENIED');
  scene.send(orders(1));
  await until(() => worker.texts.length === 1);
  expect(worker.texts[0]).toMatch(
    /^pubsub\/worker, message \d+: handled, but not acknowledged, and may come again: the process may not receive from worker: grant it roles\/pubsub\.subscriber/,
  );
  await until(() => worker.consumer.status.inFlight === 0);
});

it.concurrent('A message that is refused is left: it comes again when its deadline is over, neither acknowledged nor given back.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ deadline: 2 });
  scene.send([{ id: 'bad', text: 'no event' }, { id: 'good' }]);
  await until(() => scene.log('deliver').length === 3, 8000);
  expect(scene.log('nack')).toEqual([]);
  expect(scene.log('expire').map(({ order }) => order)).toEqual(['no event']);
  const [first, , second] = scene.log('deliver');
  expect(second!.at - first!.at).toBeGreaterThan(1500);
  expect(worker.consumer.status).toMatchObject({ acknowledged: 1 });
  // The refused message is reported each time, and then no longer counts as in flight.
  expect(worker.texts[0]).toMatch(/^pubsub\/worker, message \d+: /);
  await until(() => worker.consumer.status.inFlight === 0);
});

it.concurrent('A message of a key that is left is waited for by the later ones.', async () => {
  await using scene = await stage({ enableMessageOrdering: true });
  let isKnown = false;
  const codec = {
    encode: () => '',
    decode(text: string) {
      const { id, data } = JSON.parse(text) as { id: string; data: object };
      if (id === 'o1' && !isKnown) throw new Error('not yet');
      return { id, name: 'order.placed', payload: data, time: new Date() };
    },
  };
  const runs: string[] = [];
  scene.send(orders(4, () => 'one'));
  const worker = await scene.worker({
    work: (id) => void runs.push(id),
    consumer: { codec: codec },
    deadline: 2,
  });
  await until(() => worker.texts.length === 1);
  await pause(300);
  expect(runs).toEqual(['o0']);
  isKnown = true;
  await scene.empty(15_000);
  expect(runs).toEqual(['o0', 'o1', 'o2', 'o3']);
});

it.concurrent('The claims of a dedupe store are extended while the message is at work.', async () => {
  await using scene = await stage();
  const calls: [string, number | undefined][] = [];
  const { promise, open } = gate();
  const dedupe = {
    claim: (_: string, ms: number) => (calls.push(['claim', ms]), 'run' as const),
    extend: (_: string, ms: number) => void calls.push(['extend', ms]),
    complete: () => void calls.push(['complete', undefined]),
    release() {},
  };
  await scene.worker({ work: () => promise, consumer: { dedupe } });
  scene.send(orders(1));
  await until(() => calls.some(([call]) => call === 'extend'), 6000);
  open();
  await scene.empty();
  expect(calls).toEqual([
    ['claim', 9000],
    ['extend', 9000],
    ['complete', undefined],
  ]);
});

it.concurrent('A message that the client has confirmed after it closed the subscription by itself comes again, while others are at work.', async () => {
  await using scene = await stage(exact);
  const runs: string[] = [];
  const { promise, open } = gate();
  const worker = await scene.worker({ work: (id) => (runs.push(id), id === 'slow' ? promise : undefined) });
  scene.send([{ id: 'slow' }]);
  await until(() => runs.length === 1);
  const release = scene.server.faults.holdAnswers(({ operation }) => operation === 'modifyAckDeadline');
  scene.send(orders(1));
  await until(() => scene.log('extend').length === 2);
  scene.server.faults.failNext('streamingPull', 'NOT_FOUND');
  scene.server.endStreams('NOT_FOUND');
  await until(() => worker.consumer.status.state === 'unreachable');
  release();
  await until(() => runs.length === 2, 5000);
  expect(runs).toEqual(['slow', 'o0']);
  expect(scene.log('nack').map(({ order }) => order)).toEqual(['o0']);
  open();
  await scene.empty();
  expect(runs).toHaveLength(2);
});
