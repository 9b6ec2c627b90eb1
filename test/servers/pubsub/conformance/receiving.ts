import { expect } from 'vitest';
import { numbers, type PubsubCase } from './driver.ts';
import { pause, until } from '../../../setup/async.ts';

/** Checks of leases, pulls and streams. */
export const RECEIVING: readonly PubsubCase[] = [
  {
    name: 'A message that is nacked comes again at once, until it is acknowledged.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      let count = 0;
      driver.listen(subscription, (message) => {
        count++;
        if (count < 3) message.nack();
        else message.ack();
      });
      await driver.publish(topic, ['x']);
      await until(() => count === 3);
      await pause(100);
      expect(count).toBe(3);
    },
  },
  {
    name: 'A message comes again when its deadline is over, and not if it was extended.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const { pull, pullTexts, modify } = await driver.puller(subscription);
      await driver.publish(topic, ['x']);
      const [first] = await pull();
      await modify(first!.ackId, 1);
      expect(await pullTexts()).toEqual([]);
      await pause(1100);
      const [second] = await pull();
      expect(second!.ackId).not.toBe(first!.ackId);
      await modify(second!.ackId, 1);
      await modify(second!.ackId, 10);
      await pause(1100);
      expect(await pullTexts()).toEqual([]);
      await modify(second!.ackId, 0);
      expect(await pull()).toMatchObject([{ text: 'x' }]);
    },
  },
  {
    name: 'A pull waits for a message.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const { pull } = await driver.puller(subscription);
      const pulled = pull();
      await pause(50);
      await driver.publish(topic, ['x']);
      expect(await pulled).toMatchObject([{ text: 'x' }]);
    },
  },
  {
    name: 'A deadline is from 10 to 600 s for a subscription and a stream, and from 0 for a message.',
    emulator: 'It takes any deadline.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      for (const ackDeadlineSeconds of [9, 601])
        await expect(driver.subscription(topic, { ackDeadlineSeconds })).rejects.toMatchObject({ code: 3 });
      const { errors } = await driver.stream(subscription, { streamAckDeadlineSeconds: 9 });
      await until(() => errors.length > 0);
      expect(errors).toMatchObject([{ code: 3 }]);
      const { pull, modify } = await driver.puller(subscription);
      await driver.publish(topic, ['x']);
      const [message] = await pull();
      await expect(modify(message!.ackId, 601)).rejects.toMatchObject({ code: 3 });
    },
  },
  {
    name: 'An ack id that makes no sense is refused, and one that is too late is not.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const { pull, acknowledge, modify } = await driver.puller(subscription);
      await expect(acknowledge('garbage')).rejects.toMatchObject({ code: 3 });
      await driver.publish(topic, ['x']);
      const [message] = await pull();
      await modify(message!.ackId, 0);
      const [again] = await pull();
      await acknowledge(message!.ackId);
      await acknowledge(again!.ackId);
      await acknowledge(again!.ackId);
    },
  },
  {
    name: 'A stream gets no more than its flow control allows.',
    emulator: 'It sends all that it has.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      await driver.publish(topic, numbers(30));
      let running = 0;
      let most = 0;
      let done = 0;
      const options = { flowControl: { maxMessages: 5 }, streamingOptions: { maxStreams: 1 } };
      driver.listen(
        subscription,
        async (message) => {
          most = Math.max(most, ++running);
          await pause(5);
          running--;
          done++;
          message.ack();
        },
        options,
      );
      await until(() => done === 30);
      expect(most).toBe(5);
    },
  },
  {
    name: 'Each subscription gets every message, and two subscribers of one share them.',
    emulator: 'It sometimes gives all to one of the two.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const other = await driver.subscription(topic);
      const [a, b, c]: string[][] = [[], [], []];
      for (const [texts, from] of [
        [a!, other],
        [b!, subscription],
        [c!, subscription],
      ] as const)
        driver.listen(from, (message) => {
          texts.push(String(message.data));
          message.ack();
        });
      await pause(200);
      await driver.publish(topic, numbers(200));
      await until(() => a!.length === 200 && b!.length + c!.length >= 200);
      expect(new Set(a).size).toBe(200);
      expect(new Set([...b!, ...c!]).size).toBe(200);
      expect(Math.min(b!.length, c!.length)).toBeGreaterThan(40);
    },
  },
  {
    name: 'A stream can acknowledge, nack and extend; when it ends, its messages stay out, and it takes no more.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const { pullTexts } = await driver.puller(subscription);
      const { stream, received } = await driver.stream(subscription);
      await driver.publish(topic, ['a', 'b', 'c']);
      await until(() => received().length === 3);
      const [a, b, c] = received().map(({ ackId }) => ackId);
      stream.write({ ackIds: [a], modifyDeadlineAckIds: [b, c], modifyDeadlineSeconds: [0, 60] });
      await until(() => received().length === 4);
      const texts = received().map(({ message }) => String(message.data));
      expect(texts[3]).toBe(texts[1]);
      stream.write({ streamAckDeadlineSeconds: 60 });
      stream.cancel();
      await pause(50);
      await driver.publish(topic, ['d']);
      expect(await pullTexts()).toEqual(['d']);
    },
  },
  {
    name: 'A stream that asks for a sign of life gets one, if its protocol version is 1.',
    emulator: 'It gives none.',
    async run(driver) {
      const { subscription } = await driver.pair();
      const old = await driver.stream(subscription);
      const { stream, responses } = await driver.stream(subscription, { protocolVersion: 1 });
      for (const each of [old.stream, stream]) each.write({});
      await until(() => responses.length > 0);
      expect([old.responses.length, responses[0]?.receivedMessages]).toEqual([0, []]);
    },
  },
  {
    name: 'A subscriber of a subscription that is unknown, or was deleted, gets one error and is closed.',
    async run(driver) {
      const { subscription } = await driver.pair();
      const existing = driver.listen(subscription, () => {});
      await pause(100);
      await subscription.delete();
      const unknown = driver.listen(subscription, () => {});
      await until(() => !existing.isOpen && !unknown.isOpen);
      expect(existing.errors).toMatchObject([{ code: 5 }]);
      expect(unknown.errors).toMatchObject([{ code: 5 }]);
    },
  },
  {
    name: '1,000 messages go through, each once.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const texts: string[] = [];
      driver.listen(subscription, (message) => {
        texts.push(String(message.data));
        message.ack();
      });
      await driver.publish(topic, numbers(1000));
      await until(() => texts.length >= 1000);
      await pause(50);
      expect([texts.length, new Set(texts).size]).toEqual([1000, 1000]);
    },
  },
];
