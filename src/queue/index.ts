/**
 * The part that all queues share: a message in, a verdict out. The consumers of this package are built on it, and you can
 * build one of your own.
 *
 * @example
 * ```ts
 * import { memoryDedupe, receiver } from 'trpc-events/queue';
 *
 * const receive = receiver(bus, { name: 'worker', system: 'nats', destination: 'orders', dedupe: memoryDedupe() });
 * queue.receive(async (text) => (await receive({ text, id })) === 'acknowledge');
 * ```
 *
 * @module
 */
export type {
  ConsumerState,
  ConsumerStatus,
  ConsumingBus,
  QueueConsumer,
  RunOptions,
  StopOptions,
} from './consumer-types.ts';
export { deliveryKey } from './delivery-key.ts';
export { memoryDedupe, type MemoryDedupeOptions } from './memory-dedupe.ts';
export { receiver } from './receiver.ts';
export type {
  AcknowledgeReason,
  Claim,
  DedupeStore,
  MessageLease,
  Receive,
  ReceiveCounts,
  ReceivedMessage,
  ReceiveOptions,
  ReceiverOptions,
  ReceivingBus,
  Verdict,
} from './types.ts';
