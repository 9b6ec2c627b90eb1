import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { numbers, type SqsCase, REFUSED } from './driver.ts';
import { pause } from '../../../setup/async.ts';

const ALL = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] as const };
const system = { MessageSystemAttributeNames: [...ALL.MessageSystemAttributeNames] };

/** Checks of polls, visibility and deletes. */
export const RECEIVING: readonly SqsCase[] = [
  {
    name: 'Each receive is counted.',
    async run(driver) {
      const url = await driver.queue({ VisibilityTimeout: '0' });
      await driver.send(url, 'x');
      for (const ApproximateReceiveCount of ['1', '2']) {
        const { Attributes } = await driver.receiveOne(url, system);
        expect(Attributes).toMatchObject({ ApproximateReceiveCount });
        expect(Number(Attributes?.SentTimestamp)).toBeGreaterThan(1e12);
      }
    },
  },
  {
    name: 'A long poll waits for its time if nothing comes.',
    async run(driver) {
      const url = await driver.queue();
      const start = performance.now();
      expect(await driver.receive(url, { WaitTimeSeconds: 1 })).toEqual([]);
      expect(performance.now() - start).toBeGreaterThan(900);
    },
  },
  {
    name: 'A long poll returns as soon as something comes.',
    async run(driver) {
      const url = await driver.queue();
      const start = performance.now();
      const polled = driver.receive(url, { WaitTimeSeconds: 10 });
      await pause(100);
      await driver.send(url, 'x');
      expect(await polled).toHaveLength(1);
      expect(performance.now() - start).toBeLessThan(2500);
    },
  },
  {
    name: 'A long poll that was aborted takes no message.',
    fauxqs: 'It gives the message to the dead poll, which hides it.',
    moto: 'It gives the message to the dead poll, which hides it.',
    async run(driver) {
      const url = await driver.queue();
      const controller = new AbortController();
      const polled = driver.receive(url, { WaitTimeSeconds: 10 }, controller.signal);
      await pause(100);
      controller.abort();
      await expect(polled).rejects.toMatchObject({ name: 'AbortError' });
      await pause(50);
      await driver.send(url, 'x');
      await driver.receiveOne(url);
    },
  },
  {
    name: 'More than ten messages can not be asked for.',
    async run(driver) {
      await expect(driver.receive(await driver.queue(), { MaxNumberOfMessages: 11 })).rejects.toMatchObject(
        REFUSED,
      );
    },
  },
  {
    name: 'A message is hidden for its visibility, which can be extended and ended.',
    async run(driver) {
      const url = await driver.queue({ VisibilityTimeout: '1' });
      await driver.send(url, 'x');
      const first = await driver.receiveOne(url);
      expect(await driver.receive(url)).toEqual([]);
      await pause(1050);
      const second = await driver.receiveOne(url);
      expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
      await driver.hide(url, second, 10);
      await pause(1050);
      expect(await driver.receive(url)).toEqual([]);
      await driver.hide(url, second, 0);
      const third = await driver.receiveOne(url);
      await expect(driver.hide(url, third, 43_201)).rejects.toMatchObject(REFUSED);
    },
  },
  {
    name: 'The visibility of a message that is not in flight can not be changed.',
    fauxqs: 'It accepts the change.',
    moto: 'It accepts the change.',
    async run(driver) {
      const url = await driver.queue({ VisibilityTimeout: '0' });
      await driver.send(url, 'x');
      const message = await driver.receiveOne(url);
      await expect(driver.hide(url, message, 5)).rejects.toThrow(/not in flight/);
    },
  },
  {
    name: 'A batch changes the visibility of several messages, and fails on a bad handle.',
    async run(driver) {
      const url = await driver.queue();
      await driver.sendBatch(url, [{}, {}, {}]);
      const handles = (await driver.receive(url)).map(({ ReceiptHandle }) => ReceiptHandle);
      const { Successful, Failed } = await driver.hideBatch(url, [...handles, 'garbage'], 0);
      expect([Successful?.length, Failed?.length]).toEqual([3, 1]);
      expect(await driver.receive(url, { WaitTimeSeconds: 1 })).toHaveLength(3);
    },
  },
  {
    name: 'A handle that makes no sense deletes nothing, alone and in a batch.',
    fauxqs: 'It says that it has deleted.',
    async run(driver) {
      const url = await driver.queue();
      await driver.sendBatch(url, [{}, {}, {}]);
      const messages = await driver.receive(url);
      await expect(driver.delete(url, 'garbage')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
      const handles = messages.map(({ ReceiptHandle }) => ReceiptHandle);
      const { Successful, Failed } = await driver.deleteBatch(url, [...handles, 'garbage']);
      expect([Successful?.length, Failed?.length]).toEqual([3, 1]);
    },
  },
  {
    name: 'A delayed message comes when its time is over.',
    moto: 'The message comes some milliseconds later.',
    async run(driver) {
      const url = await driver.queue();
      await driver.send(url, 'x', { DelaySeconds: 1 });
      expect(await driver.receive(url)).toEqual([]);
      await pause(900);
      await driver.receiveOne(url);
    },
  },
  {
    name: 'A queue says how many messages it has, and can be purged.',
    async run(driver) {
      const url = await driver.queue();
      await driver.sendBatch(url, [{}, {}, {}]);
      await driver.receiveOne(url);
      expect(await driver.attributes(url)).toMatchObject({
        ApproximateNumberOfMessages: '2',
        ApproximateNumberOfMessagesNotVisible: '1',
      });
      await driver.client.send(new PurgeQueueCommand({ QueueUrl: url }));
      expect(await driver.receive(url)).toEqual([]);
    },
  },
  {
    name: '500 messages go through, each once.',
    moto: 'It is slow: a thousand requests take longer than a test may.',
    async run(driver) {
      const url = await driver.queue();
      const batches = numbers(50).map((n) => numbers(10).map((m) => ({ MessageBody: `${n}-${m}` })));
      await Promise.all(batches.map((batch) => driver.sendBatch(url, batch)));
      const bodies: unknown[] = [];
      for (
        let messages = await driver.receive(url);
        messages.length > 0;
        messages = await driver.receive(url)
      ) {
        bodies.push(...messages.map(({ Body }) => Body));
        await driver.deleteBatch(
          url,
          messages.map(({ ReceiptHandle }) => ReceiptHandle),
        );
      }
      expect([bodies.length, new Set(bodies).size]).toEqual([500, 500]);
    },
  },
];
