/** The worker: a process of its own, with the bus of the shop and its listeners. It takes orders until it is told to end. */
import { sqsConsumer } from 'trpc-events/sqs';
import { bus } from './server/bus.ts';
import { queues } from './server/queues.ts';
import { log, logFailure, logObserver } from './server/worker/log.ts';
import { followShop } from './server/worker/shop-link.ts';

if (queues === undefined) throw new Error('Set SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES.');
log('started');
bus.observe(logObserver);
// #region worker
const consumer = sqsConsumer(bus, {
  queueUrl: queues.orders,
  waitTimeSeconds: 1, // so that a stop is quick
  visibilityTimeout: 5, // what a killed worker held comes again after 5 s
});
const signal = followShop(consumer); // aborts when the shop is gone
await consumer.run({ signal, timeout: 5000 }).catch(logFailure);
// #endregion
log('ended');
