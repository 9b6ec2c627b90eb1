import { pubsubConsumer, pubsubForwarder } from 'trpc-events/pubsub';
import { memoryDedupe } from 'trpc-events/queue';
import type { QueuePair } from './queue-pair.ts';

/**
 * Uses two topics of Google Pub/Sub, each with a subscription. All names follow from the first topic's, which is an ID or a
 * full name: `orders` has the subscription `orders-worker`, and `orders-replies` has one of the same name.
 */
export function pubsubQueues(orders: string): QueuePair {
  const replies = `${orders}-replies`;
  return {
    forwarders: () => [
      // #region forwarders
      // to the worker, and back
      pubsubForwarder({ topic: orders, events: 'order.placed', local: false }),
      pubsubForwarder({ topic: replies, events: 'order.packed', local: false }),
      // #endregion
    ],
    worker: (bus) =>
      // #region consumer
      // what a killed worker held comes again after 10 s
      pubsubConsumer(bus, { subscription: subscriptionName(`${orders}-worker`) }),
    // #endregion
    // A killed worker may have replied to an order that it did not acknowledge. The reply then comes twice.
    shop: (bus) => pubsubConsumer(bus, { subscription: subscriptionName(replies), dedupe: memoryDedupe() }),
  };
}

/** Turns a topic's full name into a subscription's. An ID stays as it is. */
function subscriptionName(topic: string): string {
  return topic.replace('/topics/', '/subscriptions/');
}
