import { EventsError } from '../core/words/errors.ts';
import { aCount, aFunction, readOptions, type Rules } from '../core/words/options.ts';
import { Connection } from '../queue/connection.ts';
import type { ConsumingBus, QueueConsumer } from '../queue/consumer-types.ts';
import { makeConsumer } from '../queue/consumer.ts';
import { RECEIVE_OPTIONS, receiver } from '../queue/receiver.ts';
import { assertBus, WHY_UNDEFINED } from '../queue/options.ts';
import type { ReceiveOptions } from '../queue/types.ts';
import type { RetryDelay } from './receive/answers.ts';
import { SqsQueue } from './client/sqs-queue.ts';
import type { SqsClient } from './client/types.ts';
import { explain } from './client/errors.ts';
import { SqsIntake } from './receive/intake.ts';
import { aClient, aQueueUrl } from './client/options.ts';

/** The options of `sqsConsumer`. */
export interface SqsConsumerOptions extends ReceiveOptions {
  /** The URL of the queue. If it ends in `.fifo`, messages of one group are handled one at a time, in order. */
  queueUrl: string;
  /** An `SQSClient` of `@aws-sdk/client-sqs`. Default: a new one, for the region of `queueUrl`, with the SDK's defaults. */
  client?: SqsClient | undefined;
  /** How many messages are handled at a time, each by itself. Default: 10. */
  concurrency?: number | undefined;
  /** How long a poll waits for messages, in seconds from 1 to 20. `stop` may wait for an open poll. Default: 20. */
  waitTimeSeconds?: number | undefined;
  /**
   * How long a received message is hidden from other consumers, in seconds from 1 to 43,200. It is extended while the
   * message is handled, for up to 12 hours. After a crash, messages come again when it is over. Default: 30.
   */
  visibilityTimeout?: number | undefined;
  /** How long a message that has failed stays away, in seconds. Default: `min(2 ** receiveCount, 300)`. */
  retryDelay?: RetryDelay | undefined;
}

const seconds = (from: number, to: number) => ({
  ok: (v: unknown) => Number.isInteger(v) && (v as number) >= from && (v as number) <= to,
  words: `a whole number of seconds from ${from} to ${to}`,
});
const OPTIONS: Rules = {
  ...RECEIVE_OPTIONS,
  queueUrl: aQueueUrl,
  client: aClient,
  concurrency: aCount,
  waitTimeSeconds: seconds(1, 20),
  visibilityTimeout: seconds(1, 43_200),
  retryDelay: aFunction,
};

/**
 * Makes a consumer of an SQS queue: it takes messages, delivers them to a bus, and deletes each when everything that it led
 * to is done. It takes nothing before `start` or `run`.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { sqsConsumer } from 'trpc-events/sqs';
 *
 * await sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL!, concurrency: 20 }).run();
 * ```
 */
export function sqsConsumer(bus: ConsumingBus, options: SqsConsumerOptions): QueueConsumer {
  assertBus('sqsConsumer', bus);
  const {
    queueUrl,
    client,
    concurrency = 10,
    waitTimeSeconds = 20,
    visibilityTimeout = 30,
    retryDelay,
    ...receiving
  } = readOptions('sqsConsumer', options, OPTIONS);
  if (queueUrl === undefined)
    throw new EventsError(
      'BAD_OPTION',
      `sqsConsumer: it needs queueUrl, ${aQueueUrl.words}. ${WHY_UNDEFINED}`,
    );
  const queue = new SqsQueue(queueUrl, client);
  const destination = queue.address.name;
  const name = `sqs/${destination}`;
  const receive = receiver(bus, {
    ...receiving,
    name,
    system: 'aws.sqs',
    destination,
  });
  const connection = new Connection(bus, name, (error) => explain(error, queueUrl, 'receive'));
  return makeConsumer(bus, {
    name,
    counts: receive.counts,
    connection,
    intake: (stopSoon) =>
      new SqsIntake({
        name,
        queue,
        concurrency,
        waitTimeSeconds,
        visibilityTimeout,
        retryDelay,
        bus,
        connection,
        receive,
        stopSoon,
      }),
  });
}
