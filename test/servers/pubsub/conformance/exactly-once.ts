import { AckError } from '@google-cloud/pubsub';
import { expect } from 'vitest';
import { type PubsubCase } from './driver.ts';
import { until } from '../../../setup/async.ts';

const exact = { enableExactlyOnceDelivery: true };

/** Checks of exactly-once delivery. */
export const EXACTLY_ONCE: readonly PubsubCase[] = [
  {
    name: 'Exactly once: the client hears that its ack has arrived.',
    async run(driver) {
      const { topic, subscription } = await driver.pair(exact);
      const answers: unknown[] = [];
      driver.listen(subscription, async (message) => answers.push(await message.ackWithResponse()));
      await driver.publish(topic, ['x']);
      await until(() => answers.length > 0);
      expect(answers).toEqual(['SUCCESS']);
    },
  },
  {
    name: 'Exactly once: an ack after the lease fails for good, and says for which id.',
    async run(driver) {
      const { topic, subscription } = await driver.pair(exact);
      const { pull, acknowledge, modify } = await driver.puller(subscription);
      await driver.publish(topic, ['x']);
      const [first] = await pull();
      await modify(first!.ackId, 0);
      const [second] = await pull();
      await expect(acknowledge(first!.ackId)).rejects.toMatchObject({
        code: 3,
        reason: 'EXACTLY_ONCE_ACKID_FAILURE',
        errorInfoMetadata: { [first!.ackId]: 'PERMANENT_FAILURE_INVALID_ACK_ID' },
      });
      await expect(modify(first!.ackId, 20)).rejects.toMatchObject({ code: 3 });
      await acknowledge(second!.ackId);
    },
  },
  {
    name: 'Exactly once: the real client rejects an ack after the lease.',
    async run(driver) {
      const { topic, subscription } = await driver.pair(exact);
      const client = await driver.subscriber();
      const answers: unknown[] = [];
      driver.listen(subscription, async (message) => {
        if (answers.length > 0) return message.ack();
        const ackIds = [message.ackId];
        await client.modifyAckDeadline({ subscription: subscription.name, ackIds, ackDeadlineSeconds: 0 });
        answers.push(await message.ackWithResponse().catch((error: unknown) => error));
      });
      await driver.publish(topic, ['x']);
      await until(() => answers.length > 0);
      expect(answers[0]).toBeInstanceOf(AckError);
      expect(answers[0]).toMatchObject({ errorCode: 'INVALID' });
    },
  },
  {
    name: 'Exactly once: a stream is told what became of each id.',
    emulator: 'Its confirmations are empty.',
    async run(driver) {
      const { topic, subscription } = await driver.pair(exact);
      const { modify } = await driver.puller(subscription);
      const { stream, responses, received } = await driver.stream(subscription);
      await driver.publish(topic, ['a', 'b']);
      await until(() => received().length === 2);
      const [a, late] = received().map(({ ackId }) => ackId);
      await modify(late!, 0);
      await until(() => received().length === 3);
      const b = received()[2]!.ackId;
      stream.write({
        ackIds: [a, late],
        modifyDeadlineAckIds: [b, late],
        modifyDeadlineSeconds: [20, 20],
      });
      const told = (kind: 'acknowledgeConfirmation' | 'modifyAckDeadlineConfirmation') => {
        const all = responses.map((response) => response[kind]).filter((each) => each !== null);
        return {
          done: all.flatMap(({ ackIds }) => ackIds),
          invalid: all.flatMap(({ invalidAckIds }) => invalidAckIds),
        };
      };
      await until(() => told('modifyAckDeadlineConfirmation').invalid.length > 0);
      expect(told('acknowledgeConfirmation')).toEqual({ done: [a], invalid: [late] });
      expect(told('modifyAckDeadlineConfirmation')).toEqual({ done: [b], invalid: [late] });
      expect(responses[0]?.subscriptionProperties).toMatchObject({ exactlyOnceDeliveryEnabled: true });
    },
  },
  {
    name: 'Exactly once, in order: an ack before those of earlier messages fails for a time.',
    async run(driver) {
      const { topic, subscription } = await driver.pair({ ...exact, enableMessageOrdering: true });
      const { pull, acknowledge } = await driver.puller(subscription);
      await driver.publish(topic, ['0', '1'], 'k');
      const [first, second] = await pull();
      await expect(acknowledge(second!.ackId)).rejects.toMatchObject({
        errorInfoMetadata: { [second!.ackId]: expect.stringMatching(/^TRANSIENT_FAILURE_/) },
      });
      await acknowledge(first!.ackId);
      await acknowledge(second!.ackId);
    },
  },
];
