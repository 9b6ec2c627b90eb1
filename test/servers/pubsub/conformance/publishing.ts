import { expect } from 'vitest';
import { numbers, type PubsubCase } from './driver.ts';
import { until } from '../../../setup/async.ts';

const refused = { code: 3 };
const data = Buffer.from('x');

/** Checks of topics, and of what can be published and what is refused. */
export const PUBLISHING: readonly PubsubCase[] = [
  {
    name: 'A topic and a subscription are made once, are found, and are gone when they are deleted.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      await expect(driver.client.createTopic(topic.name)).rejects.toMatchObject({ code: 6 });
      const id = subscription.name.split('/').at(-1)!;
      await expect(topic.createSubscription(id)).rejects.toMatchObject({ code: 6 });
      expect([await topic.exists(), await subscription.exists()]).toEqual([[true], [true]]);
      await subscription.delete();
      await topic.delete();
      expect([await topic.exists(), await subscription.exists()]).toEqual([[false], [false]]);
    },
  },
  {
    name: 'An unknown topic and a bad name are refused.',
    async run(driver) {
      const unknown = driver.client.topic(driver.name('none'));
      await expect(unknown.publishMessage({ data })).rejects.toMatchObject({ code: 5 });
      await expect(driver.client.createTopic('ab')).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'A message comes as it was published.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const attributes = { traceparent: '00-1-2-01', event: 'user.created' };
      const messages: unknown[] = [];
      driver.listen(subscription, (message) => {
        const { id, data, publishTime, orderingKey } = message;
        messages.push({ id, data, publishTime, orderingKey, attributes: { ...message.attributes } });
        message.ack();
      });
      const id = await topic.publishMessage({ data: Buffer.from('héllo ✓'), attributes });
      await until(() => messages.length > 0);
      expect(messages).toMatchObject([
        { id, attributes, data: Buffer.from('héllo ✓'), publishTime: expect.any(Date), orderingKey: '' },
      ]);
    },
  },
  {
    name: 'Every message of a batch has an id of its own.',
    async run(driver) {
      const { topic, subscription } = await driver.pair();
      const ids = await driver.publish(topic, numbers(25));
      const texts: string[] = [];
      driver.listen(subscription, (message) => {
        texts.push(String(message.data));
        message.ack();
      });
      await until(() => texts.length === 25);
      expect([new Set(ids).size, new Set(texts).size]).toEqual([25, 25]);
    },
  },
  {
    name: 'An empty message is refused.',
    async run(driver) {
      const topic = await driver.topic();
      await expect(topic.publishMessage({ data: Buffer.alloc(0) })).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'A message of more than 10 MB is refused.',
    emulator: 'It takes messages of any size.',
    async run(driver) {
      const topic = await driver.topic();
      const sent = topic.publishMessage({ data: Buffer.alloc(10_000_001, 'x') });
      await expect(sent).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'A request has at most 10 MB in all, and 1,000 messages.',
    emulator: 'It takes requests of any size.',
    async run(driver) {
      const client = await driver.publisher();
      const { name: topic } = await driver.topic();
      const publish = (count: number, bytes: number) =>
        client.publish({ topic, messages: numbers(count).map(() => ({ data: Buffer.alloc(bytes, 'x') })) });
      const [{ messageIds }] = await publish(1000, 1);
      expect(messageIds).toHaveLength(1000);
      await expect(publish(1001, 1)).rejects.toMatchObject(refused);
      await expect(publish(2, 5_000_001)).rejects.toMatchObject(refused);
      await publish(2, 4_900_000);
    },
  },
  {
    name: 'A message has at most 100 attributes, of 256 bytes a key and 1,024 a value.',
    emulator: 'It takes any attributes.',
    async run(driver) {
      const topic = await driver.topic();
      const publish = (attributes: Record<string, string>) => topic.publishMessage({ data, attributes });
      const many = (count: number) => Object.fromEntries(numbers(count).map((n) => [`a${n}`, 'v']));
      await publish({ ...many(98), ['k'.repeat(256)]: 'v', a: 'é'.repeat(512) });
      await expect(publish(many(101))).rejects.toMatchObject(refused);
      await expect(publish({ ['k'.repeat(257)]: 'v' })).rejects.toMatchObject(refused);
      await expect(publish({ a: 'é'.repeat(513) })).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'An ordering key has at most 1,024 bytes.',
    emulator: 'It takes keys of any length.',
    async run(driver) {
      const topic = await driver.topic();
      await topic.publishMessage({ data, orderingKey: 'k'.repeat(1024) });
      const sent = topic.publishMessage({ data, orderingKey: 'k'.repeat(1025) });
      await expect(sent).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'A request with two ordering keys is refused.',
    emulator: 'It takes any keys.',
    async run(driver) {
      const client = await driver.publisher();
      const { name: topic } = await driver.topic();
      const publish = (...keys: string[]) =>
        client.publish({ topic, messages: keys.map((orderingKey) => ({ data, orderingKey })) });
      await publish('a', 'a');
      await expect(publish('a', 'b')).rejects.toMatchObject(refused);
      await expect(publish('a', '')).rejects.toMatchObject(refused);
    },
  },
  {
    name: 'The permissions of a topic can be asked for.',
    emulator: 'It has no permissions.',
    async run(driver) {
      const topic = await driver.topic();
      const [permissions] = await topic.iam.testPermissions(['pubsub.topics.publish']);
      expect(permissions).toEqual({ 'pubsub.topics.publish': true });
      const unknown = driver.client.topic(driver.name('none'));
      await expect(unknown.iam.testPermissions(['pubsub.topics.publish'])).rejects.toMatchObject({ code: 5 });
    },
  },
];
