/** A worker: takes the events of the queue, and dispatches one more for each. */
import type { AnyEvent } from '../../../src/index.ts';
import { openTelemetry } from '../../../src/otel/index.ts';
import { sqsConsumer } from '../../../src/sqs/index.ts';
import { sqsClient } from '../../servers/sqs.ts';
import { e, given, startTracing, untilStopped } from './app.ts';

const sdk = startTracing();
const events: AnyEvent[] = [];
const client = sqsClient(given.endpoint);
const router = e.router();
router.on(
  'order.placed',
  async ({ event, ctx }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    events.push(event);
    ctx.dispatch('order.shipped', { id: event.payload.id });
  },
  { name: 'ship' },
);
router.on(
  'order.shipped',
  ({ event }) => {
    events.push(event);
    process.send!('shipped');
  },
  { name: 'notify' },
);
const bus = e.bus({ handlers: [router], observers: [openTelemetry()] });
const consumer = sqsConsumer(bus, { queueUrl: given.queueUrl, client, waitTimeSeconds: 1 });
await consumer.start();
process.send!('up');
untilStopped(sdk, events, async () => {
  await bus.close();
  client.destroy();
});
