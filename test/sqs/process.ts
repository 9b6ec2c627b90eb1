/** A process that publishes three events to the queue at the given URL, waits for nothing, and ends by itself. */
import { sqsForwarder } from '../../src/sqs/index.ts';
import { sqsClient } from '../servers/sqs.ts';
import { e } from '../queue/shop.ts';

const queueUrl = process.argv[2]!;
const client = sqsClient(new URL(queueUrl).origin);
const bus = e.bus({ handlers: [sqsForwarder({ queueUrl, client, linger: 50 })] });
for (const n of [1, 2, 3]) void bus.publish('order.placed', { n });
