import { memoryDedupe } from 'trpc-events/queue';
import { sqsConsumer, sqsForwarder } from 'trpc-events/sqs';
import type { QueuePair } from './queue-pair.ts';

/** Uses two queues of Amazon SQS, by their URLs. */
export function sqsQueues(orders: string, replies: string): QueuePair {
  return {
    forwarders: () => [
      // #region forwarders
      // to the worker, and back
      sqsForwarder({ queueUrl: orders, events: 'order.placed', local: false }),
      sqsForwarder({ queueUrl: replies, events: 'order.packed', local: false }),
      // #endregion
    ],
    worker: (bus) =>
      // #region consumer
      sqsConsumer(bus, {
        queueUrl: orders,
        waitTimeSeconds: 1, // so that a stop is quick
        visibilityTimeout: 5, // what a killed worker held comes again after 5 s
      }),
    // #endregion
    // A killed worker may have replied to an order that it did not acknowledge. The reply then comes twice.
    shop: (bus) => sqsConsumer(bus, { queueUrl: replies, waitTimeSeconds: 1, dedupe: memoryDedupe() }),
  };
}
