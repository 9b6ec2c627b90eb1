import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { numbers, type SqsCase, REFUSED } from './driver.ts';

const MiB = 2 ** 20;
const named = (name: string) => expect.objectContaining({ name: expect.stringContaining(name) });
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** Checks of what can be sent, and what is refused. */
export const SENDING: readonly SqsCase[] = [
  {
    name: 'A queue that was made is found by its name, and has the default limit.',
    async run(driver) {
      const url = await driver.queue();
      const found = await driver.client.send(new GetQueueUrlCommand({ QueueName: url.split('/').at(-1) }));
      expect(found.QueueUrl).toBe(url);
      expect(await driver.attributes(url)).toMatchObject({ MaximumMessageSize: String(MiB) });
    },
  },
  {
    name: 'An unknown queue is an error with a name.',
    async run({ client }) {
      const asked = client.send(new GetQueueUrlCommand({ QueueName: 'nope' }));
      await expect(asked).rejects.toEqual(named('QueueDoesNotExist'));
    },
  },
  {
    name: 'A message comes back as it was sent, with a checksum that the client accepts.',
    async run(driver) {
      const url = await driver.queue();
      const { MessageId } = await driver.send(url, 'héllo ✓');
      expect(await driver.receive(url)).toMatchObject([{ MessageId, Body: 'héllo ✓' }]);
    },
  },
  {
    name: 'A batch takes ten entries.',
    async run(driver) {
      const { Successful, Failed = [] } = await driver.sendBatch(
        await driver.queue(),
        numbers(10).map(() => ({})),
      );
      expect([Successful?.length, Failed]).toEqual([10, []]);
    },
  },
  {
    name: 'A batch of eleven, of none, or with ids that are bad or not distinct is refused.',
    async run(driver) {
      const url = await driver.queue();
      const batches = {
        TooManyEntries: numbers(11).map(() => ({})),
        EmptyBatchRequest: [],
        BatchEntryIdsNotDistinct: [{ Id: 'a' }, { Id: 'a' }],
        InvalidBatchEntryId: [{ Id: 'a b!' }],
      };
      for (const [name, entries] of Object.entries(batches))
        await expect(driver.sendBatch(url, entries)).rejects.toEqual(named(name));
    },
  },
  ...[
    {
      what: 'that is too large for the queue',
      attributes: { MaximumMessageSize: '1024' },
      bad: { MessageBody: 'y'.repeat(2000) },
      moto: 'It refuses the whole batch.',
    },
    { what: 'with U+0000', bad: { MessageBody: 'a\u0000b' }, moto: 'It takes the character.' },
    {
      what: 'with a delay of 901 s',
      bad: { DelaySeconds: 901 },
      fauxqs: 'It takes any delay.',
      moto: 'Its SenderFault is a text.',
    },
  ].map(({ what, attributes, bad, fauxqs, moto }): SqsCase => ({
    name: `Only the entry of a batch ${what} fails, by a fault of the sender.`,
    fauxqs,
    moto,
    async run(driver) {
      const { Successful, Failed } = await driver.sendBatch(await driver.queue(attributes), [{}, bad]);
      expect(Successful).toMatchObject([{ Id: 'e0' }]);
      expect(Failed).toMatchObject([{ Id: 'e1', SenderFault: true }]);
    },
  })),
  {
    name: 'A message with U+0000 is refused.',
    moto: 'It takes the character.',
    async run(driver) {
      const sent = driver.send(await driver.queue(), 'a\u0000b');
      await expect(sent).rejects.toEqual(named('InvalidMessageContents'));
    },
  },
  {
    name: 'A message of 1 MiB is accepted, and one byte more, in characters or attributes, is not.',
    moto: 'It counts characters, and no attributes.',
    async run(driver) {
      const url = await driver.queue();
      await driver.send(url, 'x'.repeat(MiB));
      const [message] = await driver.receive(url);
      expect(message?.Body?.length).toBe(MiB);
      await expect(driver.send(url, 'x'.repeat(MiB + 1))).rejects.toMatchObject(REFUSED);
      await expect(driver.send(url, 'é'.repeat(MiB / 2 + 1))).rejects.toMatchObject(REFUSED);
      const attributes = { MessageAttributes: { a: text('y'.repeat(50)) } };
      await expect(driver.send(url, 'x'.repeat(MiB - 6), attributes)).rejects.toMatchObject(REFUSED);
    },
  },
  {
    name: 'A batch has at most 1 MiB in all.',
    async run(driver) {
      const url = await driver.queue();
      const bodies = (length: number) => [1, 2].map(() => ({ MessageBody: 'x'.repeat(length) }));
      await expect(driver.sendBatch(url, bodies(600_000))).rejects.toEqual(named('BatchRequestTooLong'));
      expect((await driver.sendBatch(url, bodies(450_000))).Successful).toHaveLength(2);
    },
  },
  {
    name: 'Attributes of each type come back, and only those that were asked for.',
    async run(driver) {
      const url = await driver.queue({ VisibilityTimeout: '0' });
      const binary = { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) };
      const attributes = {
        'foo.s': text('é'),
        'foo.n': { DataType: 'Number', StringValue: '12.5' },
        bar: binary,
      };
      await driver.send(url, 'x', { MessageAttributes: attributes });
      const [all] = await driver.receive(url, { MessageAttributeNames: ['All'] });
      expect(all?.MessageAttributes).toMatchObject({ 'foo.s': text('é'), 'foo.n': { StringValue: '12.5' } });
      expect([...(all?.MessageAttributes?.['bar']?.BinaryValue ?? [])]).toEqual([1, 2, 255]);
      const [some] = await driver.receive(url, { MessageAttributeNames: ['foo.*'] });
      expect(Object.keys(some?.MessageAttributes ?? {}).sort()).toEqual(['foo.n', 'foo.s']);
    },
  },
  {
    name: 'Attributes are left out unless they are asked for.',
    fauxqs: 'It always gives them.',
    async run(driver) {
      const url = await driver.queue();
      await driver.send(url, 'x', { MessageAttributes: { a: text('v') } });
      expect((await driver.receiveOne(url)).MessageAttributes).toBeUndefined();
    },
  },
  {
    name: 'Eleven attributes, and an empty one, are refused.',
    fauxqs: 'It takes both.',
    moto: 'It takes both.',
    async run(driver) {
      const url = await driver.queue();
      const eleven = Object.fromEntries(numbers(11).map((n) => [`a${n}`, text('v')]));
      await expect(driver.send(url, 'x', { MessageAttributes: eleven })).rejects.toMatchObject(REFUSED);
      await expect(driver.send(url, 'x', { MessageAttributes: { a: text('') } })).rejects.toMatchObject(
        REFUSED,
      );
    },
  },
  {
    name: 'The trace header of X-Ray comes back.',
    fauxqs: 'It drops the header.',
    async run(driver) {
      const url = await driver.queue();
      const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
      await driver.send(url, 'x', { MessageSystemAttributes: { AWSTraceHeader: text(header) } });
      const { Attributes } = await driver.receiveOne(url, { MessageSystemAttributeNames: ['All'] });
      expect(Attributes).toMatchObject({ AWSTraceHeader: header });
    },
  },
  {
    name: 'A group on a standard queue is accepted, and comes back.',
    fauxqs: 'It does not give it back.',
    async run(driver) {
      const url = await driver.queue();
      await driver.send(url, 'x', { MessageGroupId: 'tenant-1' });
      const { Attributes } = await driver.receiveOne(url, { MessageSystemAttributeNames: ['All'] });
      expect(Attributes).toMatchObject({ MessageGroupId: 'tenant-1' });
    },
  },
  {
    name: 'A deduplication id on a standard queue is refused.',
    fauxqs: 'It takes one.',
    moto: 'It takes the id.',
    async run(driver) {
      await expect(
        driver.send(await driver.queue(), 'x', { MessageDeduplicationId: 'd' }),
      ).rejects.toMatchObject(REFUSED);
    },
  },
];
