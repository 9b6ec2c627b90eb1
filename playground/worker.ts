/** The worker is a process of its own, with the shop's bus and listeners. It takes orders until it is told to end. */
import { createInspector } from 'trpc-events/inspector';
import { bus } from './server/bus.ts';
import { queues } from './server/queues.ts';
import { startTelemetry } from './server/telemetry.ts';
import { log, logFailure, logObserver } from './server/worker/log.ts';
import { followShop } from './server/worker/shop-link.ts';

if (queues === undefined) throw new Error('Set SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, or PUBSUB_TOPIC.');
const endTelemetry = await startTelemetry(bus, 'shop-worker');
log('started');
bus.observe(logObserver);
const { INSPECTOR_URL: forwardTo } = process.env;
if (forwardTo) bus.observe(createInspector({ process: 'worker', forwardTo }));
const consumer = queues.worker(bus);
// #region worker
const signal = followShop(consumer); // aborts when the shop is gone
await consumer.run({ signal, timeout: 5000 }).catch(logFailure);
// #endregion
await endTelemetry();
log('ended');
process.exit(); // the connection of a collector that doesn't answer would keep the process alive
