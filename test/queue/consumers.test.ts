import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type ErrorReport } from '../../src/index.ts';
import { pubsubConsumer, pubsubPush } from '../../src/pubsub/index.ts';
import type { QueueConsumer, Verdict } from '../../src/queue/index.ts';
import { sqsConsumer, sqsLambda } from '../../src/sqs/index.ts';
import { ACCOUNT, AUDIENCE, Google } from '../pubsub/google.ts';
import { bodyOf } from '../pubsub/push-stage.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { SqsServer } from '../servers/sqs.ts';
import { send, until } from '../sqs/worker.ts';
import { CASES, SECRET, type Case } from './cases.ts';

const e = initEvents.create(
  defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.object({ to: z.string() }) }),
);

function busOf({ fails = false, hasDeadLetter = false, unhandled = 'ignore' }: Case) {
  const reports: ErrorReport[] = [];
  const work = () => (fails ? Promise.reject(new Error('down')) : undefined);
  const bus = e.bus({
    handlers: [e.router().on('order.placed', work, { name: 'ship' })],
    onError: (report) => void reports.push(report),
    unhandled,
    ...(hasDeadLetter && { deadLetter: () => {} }),
  });
  return { bus, reports };
}
type Bus = ReturnType<typeof busOf>['bus'];

/** Lets a consumer take the one message of a queue, and asks what has become of it. */
async function run(consumer: QueueConsumer, verdictOf: () => Verdict | undefined): Promise<Verdict> {
  await consumer.start();
  await until(() => verdictOf() !== undefined);
  const verdict = verdictOf()!;
  await consumer.stop();
  return verdict;
}

/** Everything that takes messages, with what becomes of one: each says it in the terms of its broker. */
const CONSUMERS: Readonly<Record<string, (bus: Bus, given: Case) => Promise<Verdict | 'not acknowledged'>>> =
  {
    async sqsConsumer(bus, { text, acknowledge }) {
      await using server = await SqsServer.start();
      const queue = server.createQueue('orders');
      const client = server.client();
      await send(client, queue.url, [{ id: 'event', text }]);
      const options = { queueUrl: queue.url, client, acknowledge, waitTimeSeconds: 1, retryDelay: () => 77 };
      const consumer = sqsConsumer(bus, options);
      // Awaited here, because the server ends with this function.
      return await run(consumer, () => {
        if (queue.messages.length === 0) return 'acknowledge';
        if (server.log.some(({ action, seconds }) => action === 'visibility' && seconds === 77))
          return 'retry';
        const { refused, inFlight } = consumer.status;
        return refused === 1 && inFlight === 0 ? 'leave' : undefined;
      });
    },
    async sqsLambda(bus, { text, acknowledge }) {
      const eventSourceARN = 'arn:aws:sqs:eu-west-1:1:orders';
      const record = { messageId: '1', body: text, eventSource: 'aws:sqs', eventSourceARN };
      const { batchItemFailures } = await sqsLambda(bus, { acknowledge })({ Records: [record] });
      return batchItemFailures.length === 0 ? 'acknowledge' : 'not acknowledged';
    },
    async pubsubConsumer(bus, { text, acknowledge }) {
      await using server = await PubsubServer.start();
      server.subscribe('orders', 'worker', {
        retryPolicy: { minimumBackoff: { seconds: '60', nanos: 0 }, maximumBackoff: null },
      });
      server.publish('orders', text);
      const consumer = pubsubConsumer(bus, { subscription: 'worker', client: server.client(), acknowledge });
      const has = (wanted: string) => server.log.some(({ action }) => action === wanted);
      // Awaited here, because the server ends with this function.
      return await run(consumer, () => {
        if (has('ack')) return 'acknowledge';
        if (has('nack')) return 'retry';
        const { refused, inFlight } = consumer.status;
        return refused === 1 && inFlight === 0 ? 'leave' : undefined;
      });
    },
    async pubsubPush(bus, { text, acknowledge }) {
      const google = new Google();
      const push = pubsubPush(bus, {
        audience: AUDIENCE,
        serviceAccount: ACCOUNT,
        auth: google.auth(),
        acknowledge,
      });
      const headers = { authorization: `Bearer ${google.token()}` };
      const { status } = await push(new Request(AUDIENCE, { method: 'POST', headers, body: bodyOf(text) }));
      const verdicts: Record<number, Verdict> = { 204: 'acknowledge', 500: 'retry', 422: 'leave' };
      return verdicts[status] ?? 'not acknowledged';
    },
  };

describe.each(Object.entries(CONSUMERS))('%s', (_, take) => {
  it.concurrent.each(CASES)('a message $name: $verdict', async (given) => {
    const { bus, reports } = busOf(given);
    const found = await take(bus, given);
    expect(found).toBe(
      found === 'not acknowledged' && given.verdict !== 'acknowledge' ? found : given.verdict,
    );
    expect(inspect(reports, { depth: 9 })).not.toContain(SECRET);
    await bus.close();
  });
});
