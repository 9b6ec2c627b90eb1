import { expect } from 'vitest';
import { numbers, type PubsubCase } from './driver.ts';
import { pause, until } from '../../../setup/async.ts';

const enableMessageOrdering = true;

/** Checks of ordering keys. */
export const ORDERING: readonly PubsubCase[] = [
  {
    name: 'The messages of each ordering key come in order.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ enableMessageOrdering });
      const texts: Record<string, string[]> = { a: [], b: [] };
      driver.listen(subscription, (message) => {
        texts[message.orderingKey!]!.push(String(message.data));
        message.ack();
      });
      await Promise.all([driver.publish(topic, numbers(50), 'a'), driver.publish(topic, numbers(50), 'b')]);
      await until(() => texts['a']!.length + texts['b']!.length >= 100);
      expect(texts).toEqual({ a: numbers(50), b: numbers(50) });
    },
  },
  {
    name: 'After a nack that message and all later ones of its key come again, in order.',
    emulator: 'The nacked message comes after the later ones.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ enableMessageOrdering });
      await driver.publish(topic, numbers(4), 'k');
      await driver.publish(topic, ['other'], 'o');
      const { pull, pullTexts, acknowledge, modify } = await driver.puller(subscription);
      const first = await pull();
      const [a, b, ...later] = first.filter(({ text }) => text !== 'other');
      expect([a, b, ...later].map((message) => message!.text)).toEqual(numbers(4));
      await acknowledge(a!.ackId);
      await modify(b!.ackId, 0);
      const again = await pull();
      expect(again.map(({ text }) => text)).toEqual(['1', '2', '3']);
      for (const { ackId } of again) await acknowledge(ackId);
      expect(await pullTexts()).toEqual([]);
    },
  },
  {
    name: 'After a nack the later messages of the key come again though they were acknowledged.',
    emulator: 'The nacked message comes after the later ones.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ enableMessageOrdering });
      await driver.publish(topic, numbers(4), 'k');
      const { pull, pullTexts, acknowledge, modify } = await driver.puller(subscription);
      const first = await pull();
      for (const i of [0, 2]) await acknowledge(first[i]!.ackId);
      await modify(first[1]!.ackId, 0);
      const again = await pull();
      expect(again.map(({ text }) => text)).toEqual(['1', '2', '3']);
      for (const { ackId } of again.toReversed()) await acknowledge(ackId);
      expect(await pullTexts()).toEqual([]);
    },
  },
  {
    name: 'After a deadline that message and all later ones of its key come again, in order.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ enableMessageOrdering });
      await driver.publish(topic, numbers(3), 'k');
      const { pull, pullTexts, acknowledge, modify } = await driver.puller(subscription);
      const [a, b] = await pull();
      await acknowledge(a!.ackId);
      await modify(b!.ackId, 1);
      await pause(1100);
      expect(await pullTexts()).toEqual(['1', '2']);
    },
  },
  {
    name: 'The later messages of a key wait for one in back-off, and have not failed themselves.',
    emulator: 'It has no back-off.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({
        enableMessageOrdering,
        retryPolicy: { minimumBackoff: { seconds: 0, nanos: 2e8 } },
        deadLetterPolicy: { deadLetterTopic: (await driver.topic()).name, maxDeliveryAttempts: 5 },
      });
      await driver.publish(topic, numbers(3), 'k');
      const { pull, pullTexts, modify } = await driver.puller(subscription);
      const [first] = await pull();
      await modify(first!.ackId, 0);
      expect(await pullTexts()).toEqual([]);
      const again = await pull();
      expect(again).toMatchObject(numbers(3).map((text, i) => ({ text, attempt: i === 0 ? 2 : 1 })));
    },
  },
  {
    name: 'While messages of a key are out, its later ones go to the same receiver alone.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ enableMessageOrdering });
      await driver.publish(topic, ['0'], 'k');
      const { pull, pullTexts, acknowledge } = await driver.puller(subscription);
      const [first] = await pull();
      await driver.publish(topic, ['1'], 'k');
      await driver.publish(topic, ['other'], 'o');
      expect(await pullTexts()).toEqual(['other']);
      await acknowledge(first!.ackId);
      expect(await pullTexts()).toEqual(['1']);
    },
  },
  {
    name: 'Without ordering on the subscription a key does not hold anything up.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      await driver.publish(topic, numbers(3), 'k');
      const { pull, modify } = await driver.puller(subscription);
      const [first] = await pull(1);
      expect(await pull()).toHaveLength(2);
      await modify(first!.ackId, 0);
      expect(await pull()).toMatchObject([{ text: first!.text }]);
    },
  },
];
