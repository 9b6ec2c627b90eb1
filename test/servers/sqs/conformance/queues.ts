import { ListDeadLetterSourceQueuesCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { numbers, type SqsCase, REFUSED } from './driver.ts';

const bodies = (messages: readonly { readonly Body?: string | undefined }[]) =>
  messages.map(({ Body }) => Body);

/** Checks of FIFO queues and of dead-letter queues. */
export const QUEUES: readonly SqsCase[] = [
  {
    name: 'FIFO: a receive gives several messages of a group, in order.',
    fauxqs: 'It gives one message of a group.',
    moto: 'Its answer to a batch lacks the sequence numbers.',
    async run(driver) {
      const url = await driver.fifo();
      const { Successful } = await driver.sendBatch(
        url,
        numbers(10).map(() => ({ MessageGroupId: 'g' })),
      );
      expect(Successful?.every(({ SequenceNumber }) => SequenceNumber !== undefined)).toBe(true);
      expect(bodies(await driver.receive(url))).toEqual(numbers(10).map((n) => `b${n}`));
    },
  },
  {
    name: 'FIFO: a group waits for its message in flight, and another group does not.',
    async run(driver) {
      const url = await driver.fifo();
      for (const [body, group] of [
        ['a1', 'A'],
        ['a2', 'A'],
        ['b1', 'B'],
      ] as const)
        await driver.send(url, body, { MessageGroupId: group });
      const first = await driver.receiveOne(url);
      expect([first.Body, ...bodies(await driver.receive(url))]).toEqual(['a1', 'b1']);
      await driver.delete(url, first.ReceiptHandle);
      expect(bodies(await driver.receive(url))).toEqual(['a2']);
    },
  },
  {
    name: 'FIFO: a deduplication id counts once, even after the delete.',
    moto: 'It forgets the id with the delete.',
    async run(driver) {
      const url = await driver.fifo({});
      const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
      const first = await driver.send(url, 'x', ids);
      expect((await driver.send(url, 'y', ids)).MessageId).toBe(first.MessageId);
      const message = await driver.receiveOne(url);
      expect(message.Body).toBe('x');
      await driver.delete(url, message.ReceiptHandle);
      await driver.send(url, 'x', ids);
      expect(await driver.receive(url)).toEqual([]);
    },
  },
  {
    name: 'FIFO: a message without a group, without a way to dedupe, or with a delay is refused.',
    moto: 'It takes a delay.',
    async run(driver) {
      const url = await driver.fifo();
      await expect(driver.send(url, 'x')).rejects.toThrow(/MessageGroupId/);
      await expect(driver.send(url, 'x', { MessageGroupId: 'g', DelaySeconds: 5 })).rejects.toMatchObject(
        REFUSED,
      );
      await expect(driver.send(await driver.fifo({}), 'x', { MessageGroupId: 'g' })).rejects.toMatchObject(
        REFUSED,
      );
      const { Successful, Failed } = await driver.sendBatch(url, [{ MessageGroupId: 'g' }, {}]);
      expect([Successful?.length, Failed?.length]).toEqual([1, 1]);
    },
  },
  {
    name: 'A message that was received too often goes to the dead-letter queue, with its attributes.',
    async run(driver) {
      const target = await driver.queue();
      const url = await driver.queue(await driver.redriveTo(target, 2));
      const attributes = { a: { DataType: 'String', StringValue: 'v' } };
      await driver.send(url, 'poison', { MessageAttributes: attributes });
      for (const count of [1, 1, 0]) expect(await driver.receive(url)).toHaveLength(count);
      const message = await driver.receiveOne(target, { MessageAttributeNames: ['All'] });
      expect(message).toMatchObject({ Body: 'poison', MessageAttributes: { a: { StringValue: 'v' } } });
    },
  },
  {
    name: 'FIFO: a message that was received too often goes to the dead-letter queue.',
    async run(driver) {
      const target = await driver.fifo();
      const policy = await driver.redriveTo(target, 1);
      const url = await driver.fifo({ ...policy, ContentBasedDeduplication: 'true' });
      await driver.send(url, 'poison', { MessageGroupId: 'g' });
      for (const count of [1, 0]) expect(await driver.receive(url)).toHaveLength(count);
      await driver.receiveOne(target);
    },
  },
  {
    name: 'A dead-letter queue knows its sources, and its messages can be moved back.',
    fauxqs: 'It has neither operation.',
    moto: 'It answers the move with a page of HTML.',
    async run(driver) {
      const target = await driver.queue();
      const url = await driver.queue(await driver.redriveTo(target, 1));
      const { queueUrls } = await driver.client.send(
        new ListDeadLetterSourceQueuesCommand({ QueueUrl: target }),
      );
      expect(queueUrls).toEqual([url]);
      await driver.send(url, 'poison');
      for (const count of [1, 0]) expect(await driver.receive(url)).toHaveLength(count);
      const { QueueArn } = await driver.attributes(target);
      await driver.client.send(new StartMessageMoveTaskCommand({ SourceArn: QueueArn }));
      await driver.receiveOne(url);
    },
  },
];
