import { Duration } from '@google-cloud/pubsub';
import { expect } from 'vitest';
import { type PubsubCase } from './driver.ts';
import { pause, until } from '../../../setup/async.ts';

/** Checks of dead letters, back-off, filters and seeks. */
export const POLICIES: readonly PubsubCase[] = [
  {
    name: 'A message that has failed too often goes to the topic of dead letters, with its attributes.',
    async run(driver) {
      const dead = await driver.pair();
      const deadLetterPolicy = { deadLetterTopic: dead.topic.name, maxDeliveryAttempts: 5 };
      const { topic, subscription } = await driver.pair({ deadLetterPolicy });
      const attempts: number[] = [];
      driver.listen(subscription, (message) => {
        attempts.push(message.deliveryAttempt);
        message.nack();
      });
      const letters: unknown[] = [];
      driver.listen(dead.subscription, (message) => {
        letters.push({ text: String(message.data), attributes: { ...message.attributes } });
        message.ack();
      });
      await topic.publishMessage({ data: Buffer.from('poison'), attributes: { a: 'v' } });
      await until(() => letters.length > 0);
      expect(attempts).toEqual([1, 2, 3, 4, 5]);
      expect(letters).toMatchObject([{ text: 'poison', attributes: { a: 'v' } }]);
    },
  },
  {
    name: 'A dead-letter policy has from 5 to 100 attempts, and a topic.',
    async run(driver) {
      const topic = await driver.topic();
      for (const [deadLetterTopic, maxDeliveryAttempts, code] of [
        [topic.name, 4, 11],
        [topic.name, 101, 11],
        [`${topic.name}-none`, 5, 5],
      ] as const) {
        const made = driver.subscription(topic, {
          deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts },
        });
        await expect(made).rejects.toMatchObject({ code });
      }
    },
  },
  {
    name: 'With a retry policy a message that has failed comes again after its back-off, which grows.',
    emulator: 'It has no back-off.',
    async run(driver) {
      const backoff = (nanos: number) => ({ seconds: 0, nanos });
      const retryPolicy = { minimumBackoff: backoff(2e8), maximumBackoff: backoff(9e8) };
      const { topic, subscription } = await driver.pair({ retryPolicy });
      const times: number[] = [];
      driver.listen(subscription, (message) => {
        times.push(performance.now());
        if (times.length < 3) message.nack();
        else message.ack();
      });
      await driver.publish(topic, ['x']);
      await until(() => times.length === 3);
      expect(times[1]! - times[0]!).toBeGreaterThan(195);
      expect(times[2]! - times[1]!).toBeGreaterThan(395);
    },
  },
  {
    name: 'A filter keeps messages by their attributes.',
    emulator: 'It stores filters, and delivers everything.',
    async run(driver) {
      const topic = await driver.topic();
      const filters = {
        'attributes.kind = "a"': ['a'],
        'NOT attributes.kind = "a"': ['ab', 'none'],
        'attributes:kind AND hasPrefix(attributes.kind, "a")': ['a', 'ab'],
      };
      const pullers = [];
      for (const [filter, expected] of Object.entries(filters))
        pullers.push({
          expected,
          puller: await driver.puller(await driver.subscription(topic, { filter })),
        });
      for (const kind of ['a', 'ab', undefined])
        await topic.publishMessage({
          data: Buffer.from(kind ?? 'none'),
          ...(kind !== undefined && { attributes: { kind } }),
        });
      for (const { expected, puller } of pullers) expect(await puller.pullTexts()).toEqual(expected);
      await expect(driver.subscription(topic, { filter: 'data = "x"' })).rejects.toMatchObject({ code: 3 });
    },
  },
  {
    name: 'A seek drops the messages before a time, or lets retained ones come again.',
    async run(driver) {
      const topic = await driver.topic();
      const subscription = await driver.subscription(topic, {
        retainAckedMessages: true,
        messageRetentionDuration: Duration.from({ minutes: 20 }).seconds,
      });
      const { pull, pullTexts, acknowledge } = await driver.puller(subscription);
      const start = Date.now() - 1000;
      await driver.publish(topic, ['a', 'b']);
      for (const { ackId } of await pull()) await acknowledge(ackId);
      expect(await pullTexts()).toEqual([]);
      await subscription.seek(new Date(start));
      expect(await pullTexts()).toEqual(['a', 'b']);
      await subscription.seek(new Date(Date.now() + 1000));
      await pause(20);
      expect(await pullTexts()).toEqual([]);
    },
  },
];
