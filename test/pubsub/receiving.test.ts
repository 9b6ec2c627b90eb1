import { expect, it, vi } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import type { AnyEvent } from '../../src/index.ts';
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { SCALE } from '../queue/scale.ts';
import { e, orders, textOf } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { gate, pause, until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

const TEN = Array.from({ length: 10 }, (_, k) => k);

it('A message is acknowledged when its listeners are done, and its event is what was sent.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const { consumer } = await scene.worker({ work: (id) => void seen.push(id) });
  scene.send(orders(25));
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
  // Acks are gathered, and one stream takes all.
  const requests = scene.server.requests.filter(({ operation }) => operation === 'acknowledge');
  expect(requests.length).toBeLessThanOrEqual(8);
  expect(scene.server.streams).toBe(1);
});

it('2,000 quick messages are handled within a second, ten at a time.', async () => {
  await using scene = await stage();
  scene.send(orders(2000));
  const { consumer } = await scene.worker({ isIdle: true, work: () => Promise.resolve() });
  const begun = performance.now();
  await consumer.start();
  await scene.empty(30_000);
  const ms = performance.now() - begun;
  printFigure(`2,000 quick messages, concurrency 10: ${Math.round(ms)} ms`);
  expect(ms).toBeLessThan(6000);
  expect(scene.log('deliver')).toHaveLength(2000);
});

const ordered = { enableMessageOrdering: true };
/** The messages that fail in the cases with exactly-once delivery. `npm run test:faults` takes all ten. */
const SOME = SCALE === 1 ? TEN : [0, 4, 9];
const exact = { enableExactlyOnceDelivery: true };
/** Returns settings that make a failed message stay away for so many ms. */
const retryAfter = (ms: number) => {
  const time = { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 };
  return { retryPolicy: { minimumBackoff: time, maximumBackoff: time } };
};

it.concurrent.each([...TEN.map((k) => [k, {}] as const), ...SOME.map((k) => [k, exact] as const)])(
  'Without keys: if message %i of ten fails, only that one is not acknowledged, and comes again; %j',
  async (k, config) => {
    await using scene = await stage({ ...config, ...retryAfter(700) });
    const runs: string[] = [];
    scene.send(orders(10));
    await scene.worker({
      work(id) {
        runs.push(id);
        if (id === `o${k}` && runs.filter((run) => run === id).length === 1) throw new Error('down');
      },
    });
    await until(() => scene.rest.length === 1);
    expect(scene.rest).toEqual([`o${k}`]);
    await scene.empty();
    expect(runs.toSorted()).toEqual([...orders(10).map(({ id }) => id), `o${k}`].toSorted());
  },
);

it.concurrent.each([
  ...TEN.map((k) => [k, ordered] as const),
  ...SOME.map((k) => [k, { ...ordered, ...exact }] as const),
])(
  'One key: if message %i of ten fails, no later one has run or is acknowledged, and then all come in order; %j',
  async (k, config) => {
    await using scene = await stage({ ...config, ...retryAfter(700) });
    const runs: string[] = [];
    let isDown = true;
    scene.send(orders(10, () => 'one'));
    await scene.worker({
      work(id) {
        runs.push(id);
        if (id === `o${k}` && isDown) throw new Error('down');
      },
    });
    await until(() => runs.length === k + 1 && scene.subscription.counts.out === 0);
    await pause(100);
    const ids = orders(10).map(({ id }) => id);
    expect(runs).toEqual(ids.slice(0, k + 1));
    expect(scene.rest).toEqual(ids.slice(k));
    isDown = false;
    await scene.empty();
    expect(runs).toEqual([...ids.slice(0, k + 1), ...ids.slice(k)]);
  },
);

it.concurrent.each(TEN)(
  'Two keys: if message %i of ten fails, its key waits, and the other goes on.',
  async (k) => {
    await using scene = await stage({ ...ordered, ...retryAfter(60_000) });
    const keyOf = (i: number) => (i % 2 === 0 ? 'even' : 'odd');
    const runs: string[] = [];
    scene.send(orders(10, keyOf));
    await scene.worker({
      work(id) {
        runs.push(id);
        if (id === `o${k}`) throw new Error('down');
      },
    });
    const isRun = (i: number) => keyOf(i) !== keyOf(k) || i <= k;
    const expected = TEN.filter(isRun).map((i) => `o${i}`);
    await until(() => runs.length >= expected.length && scene.subscription.counts.out === 0);
    await pause(50);
    expect(runs.toSorted()).toEqual(expected.toSorted());
    expect(scene.rest).toEqual(TEN.filter((i) => keyOf(i) === keyOf(k) && i >= k).map((i) => `o${i}`));
  },
);

it('Without a retry policy, a message that has failed comes again at once, and its key stays in order.', async () => {
  await using scene = await stage(ordered);
  const runs: string[] = [];
  const failed = new Map<string, number>();
  scene.send(orders(60, (i) => `key-${i % 3}`));
  await scene.worker({
    async work(id) {
      await pause(1);
      const times = (failed.get(id) ?? 0) + 1;
      failed.set(id, times);
      if (Number(id.slice(1)) % 7 === 0 && times < 4) throw new Error('down');
      runs.push(id);
    },
  });
  await scene.empty();
  for (const key of [0, 1, 2])
    expect(runs.filter((id) => Number(id.slice(1)) % 3 === key)).toEqual(Array.from({ length: 20 }, (_, i) => `o${3 * i + key}`)); // prettier-ignore
});

it('When the request that gives messages back fails, nothing later of their key runs before they come again by themselves.', async () => {
  await using scene = await stage(ordered);
  const runs: string[] = [];
  // Google's client does not send the failed request again.
  let failures = 0;
  scene.server.faults.failRequests(({ operation, input }) =>
    operation === 'modifyAckDeadline' && input.ackDeadlineSeconds === 0 && failures++ === 0
      ? 'INTERNAL'
      : undefined,
  );
  scene.send(orders(3, () => 'one'));
  const worker = await scene.worker({
    deadline: 4,
    work(id) {
      runs.push(id);
      if (runs.length === 1) throw new Error('down');
    },
  });
  await until(() => failures === 1);
  scene.send(orders(6, () => 'one').slice(3));
  await until(() => worker.consumer.status.acknowledged === 6, 20_000);
  expect(runs).toEqual(['o0', 'o0', 'o1', 'o2', 'o3', 'o4', 'o5']);
}, 30_000);

it('The keys of a subscription without ordering say nothing of the order: their messages run side by side.', async () => {
  await using scene = await stage();
  let running = 0;
  let most = 0;
  scene.send(orders(5, () => 'one'));
  await scene.worker({
    async work() {
      most = Math.max(most, ++running);
      await pause(50);
      running--;
    },
  });
  await scene.empty();
  expect(most).toBe(5);
});

it('A slow message delays no other; no more are at work than concurrency says, and no more held than eleven times that.', async () => {
  await using scene = await stage();
  const slow = gate();
  let running = 0;
  let most = 0;
  let done = 0;
  const { consumer } = await scene.worker({
    async work(id) {
      most = Math.max(most, ++running);
      await (id === 'o0' ? slow.promise : pause(5));
      running--;
      done++;
    },
    consumer: { concurrency: 4 },
  });
  scene.send(orders(200));
  await until(() => scene.subscription.counts.out > 0);
  expect(consumer.status.inFlight).toBeLessThanOrEqual(44);
  await until(() => done === 199);
  await until(() => consumer.status.inFlight === 1);
  expect(most).toBe(4);
  slow.open();
  await scene.empty();
  const opened = scene.server.requests.find(({ operation }) => operation === 'streamingPull');
  expect(opened!.input.maxOutstandingMessages).toBe('44');
});

it('One key whose message is slow does not stop the others, while there are places for those that wait.', async () => {
  await using scene = await stage(ordered);
  // 15 messages of the slow key come before the first of another.
  scene.send([...orders(15, () => 'hot'), { id: 'cold', key: 'cold' }]);
  const seen: string[] = [];
  await scene.worker({
    work: (id) => (seen.push(id), id === 'cold' ? undefined : pause(300)),
    consumer: { concurrency: 2 },
  });
  await until(() => seen.includes('cold'), 2000);
  expect(seen.length).toBeLessThan(4);
});

it.concurrent('A key with more messages than all places does not stop the others, either.', async () => {
  await using scene = await stage(ordered);
  // The first stream has 33 places.
  scene.send([...orders(90, () => 'hot'), ...orders(90, () => 'warm'), { id: 'cold', key: 'cold' }]);
  const seen: string[] = [];
  const { consumer } = await scene.worker({
    work: (id, { key }) => (seen.push(`${key} ${id}`), key === 'cold' ? undefined : pause(500)),
    consumer: { concurrency: 3 },
  });
  await until(() => seen.includes('cold cold'), 25_000);
  expect(seen.length).toBeLessThan(100);
  // No message was given back, and each key keeps its order.
  expect(scene.log('nack')).toEqual([]);
  for (const key of ['hot', 'warm']) {
    const ids = seen.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length + 1));
    expect(ids).toEqual(orders(ids.length).map(({ id }) => id));
  }
  expect(scene.server.streams).toBe(3);
  await consumer.stop({ timeout: 2000 });
  expect(scene.subscription.counts.out).toBe(0);
}, 30_000);

it('Each delivery knows its subscription, its message and how often it came; attributes give the trace that the text lacks.', async () => {
  const deadLetterPolicy = { deadLetterTopic: 'projects/test/topics/dead', maxDeliveryAttempts: 5 };
  await using scene = await stage({ deadLetterPolicy });
  scene.server.createTopic('dead');
  const deliveries: unknown[] = [];
  let runs = 0;
  await scene.worker({
    work: () => { if (runs++ === 0) throw new Error('down'); }, // prettier-ignore
    bus: { observers: [{ name: 'sees', wrapDelivery: (info, run) => (deliveries.push(info), void run()) }] },
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const topic = scene.server.client().topic('orders');
  const messageId = await topic.publishMessage({
    data: Buffer.from(textOf({ id: 'a' })),
    attributes: { traceparent },
  });
  await scene.empty();
  const from = { system: 'gcp.pubsub', destination: 'worker', messageId };
  expect(deliveries).toMatchObject([
    { attempt: 1, from, event: { id: 'a', traceparent } },
    { attempt: 2, from, event: { id: 'a', traceparent } },
  ]);
});

it('A message without an id or a time of its own has those of Pub/Sub.', async () => {
  await using scene = await stage();
  const events: AnyEvent[] = [];
  const worker = await scene.worker();
  worker.router.on('order.placed', ({ event }) => void events.push(event));
  const begun = Date.now();
  const messageId = scene.server.publish('orders', textOf({ id: 'a' }, { id: undefined, time: undefined }));
  await scene.empty();
  expect(events).toMatchObject([{ id: messageId, time: expect.any(Date) }]);
  expect(Math.abs(events[0]!.time.getTime() - begun)).toBeLessThan(5000);
});

it('A message whose chained event could not be handled is kept, and chains the same id again.', async () => {
  await using scene = await stage();
  const ids: string[] = [];
  const worker = await scene.worker({ isIdle: true });
  worker.router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
  worker.router.on('mail.sent', ({ event }) => { ids.push(event.id); if (ids.length === 1) throw new Error('down'); }, { name: 'mail' }); // prettier-ignore
  await worker.consumer.start();
  scene.send(orders(1));
  await scene.empty();
  expect(ids).toEqual([ids[0], ids[0]]);
});

it('A message whose chained send fails is kept, and sends the same id again.', async () => {
  await using scene = await stage();
  scene.server.createTopic('mails');
  scene.server.faults.failNext('publish', 'PERMISSION_DENIED');
  const mails = pubsubForwarder({ topic: 'mails', events: 'mail.sent', client: scene.server.client() });
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
  const { consumer } = await scene.worker({ bus: { handlers: [router, mails] } });
  scene.send(orders(1));
  await scene.empty();
  expect(consumer.status).toMatchObject({ received: 2, failed: 1, acknowledged: 1 });
  const requests = scene.server.requests.filter(({ operation }) => operation === 'publish');
  const sent = requests.map(({ input }) => (JSON.parse(String(input.messages![0]!.data)) as AnyEvent).id);
  expect(sent).toEqual([sent[0], sent[0]]);
  expect(scene.log('deliver').map(({ order }) => order)).toEqual(['o0', 'o0']);
});

it('A message that fails too often goes to the dead-letter topic, and the later ones of its key go on.', async () => {
  const deadLetterPolicy = { deadLetterTopic: 'projects/test/topics/dead', maxDeliveryAttempts: 5 };
  await using scene = await stage({ ...ordered, deadLetterPolicy });
  scene.server.subscribe('dead', 'dead-letters');
  const runs: string[] = [];
  scene.send(orders(5, () => 'one'));
  await scene.worker({ work: (id) => { runs.push(id); if (id === 'o1') throw new Error('down'); } }); // prettier-ignore
  await scene.empty();
  expect(runs).toEqual(['o0', ...Array.from({ length: 5 }, () => 'o1'), 'o2', 'o3', 'o4']);
  expect(scene.log('dead-letter').map(({ order }) => order)).toEqual(['o1']);
});
