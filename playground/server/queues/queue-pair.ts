import type { ConsumingBus, EventForwarder, QueueConsumer } from 'trpc-events/sqs';

/** The two queues between the shop and its worker: one for orders, and one for what comes back. */
export interface QueuePair {
  /** Makes what sends to both queues. */
  forwarders(): readonly (EventForwarder & { verify(): Promise<void> })[];
  /** Makes what takes orders, in the worker. */
  worker(bus: ConsumingBus): QueueConsumer;
  /** Makes what takes the replies, in the shop. */
  shop(bus: ConsumingBus): QueueConsumer;
}
