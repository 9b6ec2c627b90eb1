import { pubsubConsumer, pubsubForwarder } from 'trpc-events/pubsub';
import { memoryDedupe } from 'trpc-events/queue';
import type { QueuePair } from './queue-pair.ts';

/**
 * Two topics of Google Pub/Sub, and a subscription of each. All names follow from that of the first topic, which is an ID or
 * a full name: `orders` has the subscription `orders-worker`, and `orders-replies` has one of its own name.
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
    // A worker that was killed may have sent what it has not acknowledged: then the order comes back twice.
    shop: (bus) => pubsubConsumer(bus, { subscription: subscriptionName(replies), dedupe: memoryDedupe() }),
  };
}

/** Returns the name of a subscription for that of a topic, which may be a full name. */
function subscriptionName(topic: string): string {
  return topic.replace('/topics/', '/subscriptions/');
}
