import type { ConsumingBus, EventForwarder, QueueConsumer } from 'trpc-events/sqs';

/** The two queues between the shop and its worker: one for orders, and one for what comes back. */
export interface QueuePair {
  /** Makes the forwarders that send to both queues. */
  forwarders(): readonly (EventForwarder & { verify(): Promise<void> })[];
  /** Makes the consumer of orders, for the worker. */
  worker(bus: ConsumingBus): QueueConsumer;
  /** Makes the consumer of replies, for the shop. */
  shop(bus: ConsumingBus): QueueConsumer;
}
