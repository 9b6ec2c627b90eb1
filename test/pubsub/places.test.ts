/** Tests the forwarder and the consumer on two servers: the tests' own, and Google's emulator if it is installed. */
import { afterAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { handlerConformance } from '../../src/testing/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { rejectionOf } from '../core/shop.ts';
import { SCALE } from '../queue/scale.ts';
import { printFigure } from '../setup/figure.ts';
import { PLACES, Scene, type Place, type PlaceCase } from './places.ts';
import { orders, textOf } from '../queue/worker.ts';
import { pause, until } from '../setup/async.ts';

/** The limit of a request in the cases of `handlerConformance`. */
const MAX_BYTES = 100_000;
const ordered = { enableMessageOrdering: true };
const ids = orders(10).map(({ id }) => id);
const texts = (list: readonly { readonly id: string }[]) => list.map((order) => textOf(order));

const failing = (keys: 'without keys' | 'of one key', k: number): PlaceCase => ({
  name: `If message ${k} of ten ${keys} fails once, ${keys === 'of one key' ? 'it and the later ones come again, in order' : 'it alone comes again'}.`,
  async run(scene) {
    const key = keys === 'of one key' ? 'one' : undefined;
    const { topic, subscription } = await scene.pair(key === undefined ? {} : ordered);
    const runs: string[] = [];
    const worker = await scene.worker(subscription, {
      work(id) {
        runs.push(id);
        if (id === `o${k}` && runs.filter((run) => run === id).length === 1) throw new Error('down');
      },
    });
    await scene.publish(topic, texts(orders(10)), key);
    await until(() => worker.consumer.status.acknowledged === 10);
    await pause(300);
    if (key === undefined) expect(runs.toSorted()).toEqual([...ids, `o${k}`].toSorted());
    else expect(runs).toEqual([...ids.slice(0, k + 1), ...ids.slice(k)]);
  },
});

const CASES: readonly PlaceCase[] = [
  {
    name: 'Events go through a topic to a worker, each once, as they were.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const { bus } = scene.forwarderTo(topic);
      const got: AnyEvent[] = [];
      const worker = await scene.worker(subscription, {});
      worker.router.on('order.placed', ({ event }) => void got.push(event));
      const sent = await Promise.all(orders(300).map(async ({ id }) => (await bus.publish('order.placed', { id })).event)); // prettier-ignore
      await until(() => worker.consumer.status.acknowledged === 300);
      const order = (list: readonly AnyEvent[]) =>
        list
          .map(({ id, time, payload }) => ({ id, time, payload }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      expect(order(got)).toEqual(order(sent));
    },
  },
  {
    name: 'Each key is sent and handled in order, one message at a time, beside the others.',
    async run(scene) {
      const { topic, subscription } = await scene.pair(ordered);
      const { bus } = scene.forwarderTo(topic);
      const handled = new Map<string, number[]>();
      const running = new Set<string>();
      const wrong: string[] = [];
      const worker = await scene.worker(subscription, {
        async work(id) {
          const [key, n] = id.split(' ') as [string, string];
          if (running.has(key)) wrong.push(id);
          running.add(key);
          await pause(Math.random() * 4);
          running.delete(key);
          handled.set(key, [...(handled.get(key) ?? []), Number(n)]);
        },
      });
      await bus.scope(({ dispatch }) => {
        for (let n = 0; n < 40; n++)
          for (let key = 0; key < 8; key++)
            dispatch('order.placed', { id: `k${key} ${n}` }, { key: `k${key}` });
      });
      await until(() => worker.consumer.status.acknowledged === 320, 20_000);
      expect(wrong).toEqual([]);
      for (const numbers of handled.values())
        expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => n));
    },
  },
  ...[0, 4, 9].flatMap((k) => [failing('without keys', k), failing('of one key', k)]),
  {
    name: 'A message whose chained event fails is kept, and chains the same id again.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const chained: string[] = [];
      const worker = await scene.worker(subscription, { isIdle: true });
      worker.router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
      worker.router.on('mail.sent', ({ event }) => { chained.push(event.id); if (chained.length === 1) throw new Error('down'); }, { name: 'mail' }); // prettier-ignore
      await worker.consumer.start();
      await scene.publish(topic, texts(orders(1)));
      await until(() => worker.consumer.status.acknowledged === 1);
      expect(chained).toEqual([chained[0], chained[0]]);
    },
  },
  {
    name: 'A message that is refused is reported and left, and those beside it are handled.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const worker = await scene.worker(subscription, {});
      await scene.publish(topic, ['no event', ...texts(orders(2))]);
      await until(() => worker.consumer.status.acknowledged === 2 && worker.texts.length === 1);
      await pause(500);
      expect(worker.consumer.status).toMatchObject({ received: 3, refused: 1, inFlight: 0 });
    },
  },
  {
    name: 'What a stop has not handled comes to another worker, and nothing runs twice.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const runs: string[] = [];
      const work = (id: string) => (runs.push(id), pause(30));
      const first = await scene.worker(subscription, { work, consumer: { concurrency: 2 } });
      await scene.publish(topic, texts(orders(300)));
      await until(() => runs.length > 10);
      await first.consumer.stop();
      expect(first.texts).toEqual([]);
      expect(runs.length).toBeLessThan(300);
      const second = await scene.worker(subscription, { work });
      const { acknowledged } = first.consumer.status;
      await until(() => acknowledged + second.consumer.status.acknowledged >= 300, 20_000);
      expect(runs.toSorted()).toEqual(orders(300).map(({ id }) => id).toSorted()); // prettier-ignore
    },
  },
  {
    name: 'With exactly-once delivery, each message is acknowledged, and runs once.',
    async run(scene) {
      const { topic, subscription } = await scene.pair({ enableExactlyOnceDelivery: true });
      const runs: string[] = [];
      const worker = await scene.worker(subscription, { work: (id) => void runs.push(id) });
      await scene.publish(topic, texts(orders(50)));
      await until(() => worker.consumer.status.acknowledged === 50);
      await worker.consumer.stop();
      expect(worker.texts).toEqual([]);
      expect(runs).toHaveLength(50);
    },
  },
  {
    name: 'A message that always fails has five attempts, and goes to the topic of dead letters.',
    async run(scene) {
      const dead = await scene.pair();
      const deadLetterPolicy = { deadLetterTopic: dead.topic.name, maxDeliveryAttempts: 5 };
      const { topic, subscription } = await scene.pair({ deadLetterPolicy });
      const attempts: number[] = [];
      await scene.worker(subscription, {
        work: () => Promise.reject(new Error('down')),
        bus: { observers: [{ name: 'sees', wrapDelivery: ({ attempt }, run) => (attempts.push(attempt), void run()) }] }, // prettier-ignore
      });
      await scene.publish(topic, texts(orders(1)));
      const { pullTexts } = await scene.puller(dead.subscription);
      let letters: string[] = [];
      for (let n = 0; n < 100 && letters.length === 0; n++) {
        await pause(50);
        letters = await pullTexts();
      }
      expect(letters).toEqual(texts(orders(1)));
      expect(attempts).toEqual([1, 2, 3, 4, 5]);
    },
  },
  {
    name: 'start rejects for a subscription that is not there, and names it.',
    async run(scene) {
      const { subscription } = await scene.pair();
      const name = `${subscription.name}-other`;
      const worker = await scene.worker({ name } as never, { isIdle: true });
      expect(await rejectionOf(worker.consumer.start())).toMatchObject({
        code: 'RECEIVE_FAILED',
        message: expect.stringContaining(`can't start: there is no subscription ${name}: create it`),
      });
    },
  },
  {
    name: 'A subscription that is deleted and made again is found again, with one report each way.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const runs: string[] = [];
      const worker = await scene.worker(subscription, { work: (id) => void runs.push(id) });
      await subscription.delete();
      await until(() => worker.consumer.status.state === 'unreachable');
      await topic.createSubscription(subscription.name);
      await until(() => worker.consumer.status.state === 'running', 15_000);
      await scene.publish(topic, texts(orders(2)));
      await until(() => runs.length === 2);
      expect(worker.texts).toEqual([
        expect.stringContaining('there is no subscription'),
        expect.stringContaining('the broker answers again'),
      ]);
    },
  },
  {
    name: 'verify finds a topic, and names one that is not there; so does what is sent to a topic that was deleted.',
    async run(scene) {
      const topic = await scene.topic();
      const { bus, forwarder, failed } = scene.forwarderTo(topic);
      await forwarder.verify();
      await bus.publish('order.placed', { id: 'a' });
      expect(failed).toEqual([]);
      await topic.delete();
      expect(await rejectionOf(forwarder.verify())).toMatchObject({
        message: expect.stringContaining(`there is no topic ${topic.name}`),
      });
      await bus.publish('order.placed', { id: 'b' });
      expect(failed).toEqual([expect.stringContaining(`there is no topic ${topic.name}`)]);
    },
  },
  {
    name: 'One event over maxBytes among others is refused by name, and the others arrive.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      const { bus, failed } = scene.forwarderTo(topic, { maxBytes: 2000 });
      await bus.scope(({ dispatch }) => {
        for (const id of ['a', 'b'.repeat(3000), 'c']) dispatch('order.placed', { id });
      });
      await bus.drain();
      expect(failed).toEqual([expect.stringContaining('and maxBytes is 2000')]);
      const runs: string[] = [];
      const worker = await scene.worker(subscription, { work: (id) => void runs.push(id) });
      await until(() => worker.consumer.status.acknowledged === 2);
      expect(runs.toSorted()).toEqual(['a', 'c']);
    },
  },
  {
    name: 'A subscription can filter by the attribute event.',
    emulator: 'It stores filters, and delivers everything.',
    async run(scene) {
      const { topic, subscription } = await scene.pair({ filter: 'attributes.event = "order.placed"' });
      const { bus } = scene.forwarderTo(topic);
      await bus.publish('mail.sent', { to: 'a' });
      await bus.publish('order.placed', { id: 'a' });
      const worker = await scene.worker(subscription, {});
      await until(() => worker.consumer.status.acknowledged === 1);
      await pause(200);
      expect(worker.consumer.status.received).toBe(1);
    },
  },
  {
    name: 'A process that may not publish is told so by verify.',
    emulator: 'It has no permissions.',
    async run(scene) {
      const topic = await scene.topic();
      scene.server!.state.denied.add('pubsub.topics.publish');
      const { forwarder } = scene.forwarderTo(topic);
      const error = await rejectionOf(forwarder.verify());
      scene.server!.state.denied.delete('pubsub.topics.publish');
      expect(error).toMatchObject({ message: expect.stringContaining('grant it roles/pubsub.publisher') });
    },
  },
  {
    name: '2,000 quick messages go through ten at a time.',
    async run(scene) {
      const { topic, subscription } = await scene.pair();
      await scene.publish(topic, texts(orders(2000)));
      const worker = await scene.worker(subscription, { isIdle: true });
      const begun = performance.now();
      await worker.consumer.start();
      await until(() => worker.consumer.status.acknowledged >= 2000, 20_000);
      printFigure(`${scene.place}: 2,000 quick messages: ${Math.round(performance.now() - begun)} ms`);
      await worker.consumer.stop();
      expect(worker.consumer.status.received).toBe(2000);
    },
  },
  ...(SCALE < 1
    ? []
    : [
        {
          name: 'A listener that takes longer than the deadline of 10 s runs once.',
          async run(scene: Scene) {
            const { topic, subscription } = await scene.pair();
            let runs = 0;
            const worker = await scene.worker(subscription, { work: () => (runs++, pause(23_000)) });
            await scene.publish(topic, texts(orders(1)));
            await until(() => worker.consumer.status.acknowledged === 1, 40_000);
            expect(runs).toBe(1);
          },
        },
      ]),
];

describe.each(PLACES)('On $place', ({ place, missing, start }) => {
  let started: Promise<Place> | undefined;
  const server = () => (started ??= start());
  afterAll(async () => (await started)?.[Symbol.asyncDispose]());

  describe.concurrent('a forwarder and a consumer', () => {
    for (const { name, emulator, run } of CASES) {
      const reason = missing ?? (place === "Google's emulator" ? emulator : undefined);
      it.skipIf(reason !== undefined)(
        reason === undefined ? name : `${name} (skipped: ${reason})`,
        async () => {
          await using scene = new Scene(place, await server());
          await run(scene);
        },
        60_000,
      );
    }
  });

  const codec = cloudEvents();
  const cases = handlerConformance(
    async () => {
      const scene = new Scene(place, await server());
      const { topic, subscription } = await scene.pair(ordered);
      const broken = new Set<string>();
      /** Ids of the events that can be sent. */
      const expected = new Set<string>();
      const { forwarder } = scene.forwarderTo(topic, {
        maxBytes: MAX_BYTES,
        orderingKey: () => 'k',
        codec: {
          ...codec,
          encode(event) {
            if (broken.has(event.id)) throw new Error('broken');
            const text = codec.encode(event);
            if (text.length < MAX_BYTES) expected.add(event.id);
            return text;
          },
        },
      });
      const arrived: string[] = [];
      scene.listen(subscription, (message) => {
        arrived.push(codec.decode(String(message.data)).id);
        message.ack();
      });
      return Object.assign(forwarder, { broken, expected, arrived });
    },
    {
      async received({ expected, arrived }) {
        // Events that were sent may still be on their way. So this waits for them, and then until no more arrive.
        const patience = performance.now() + 15_000;
        while (arrived.length < expected.size && performance.now() < patience) await pause(20);
        for (let before = -1; before !== arrived.length; await pause(250)) before = arrived.length;
        return [...arrived];
      },
      fail: ({ broken }, id) => void broken.add(id),
      capabilities: { sends: true, maxBytes: MAX_BYTES },
      timeout: 30_000,
    },
  );
  describe('the forwarder', () => {
    for (const { name, run, skip } of cases)
      it.skipIf((missing ?? skip) !== undefined)(missing ?? name, { timeout: 30_000 }, run);
  });
});
