import { sqsConsumer } from '../../src/sqs/index.ts';
import { readOptions, runWorker } from '../queue/worker-process.ts';
import { sqsClient } from '../servers/sqs.ts';

const { where, ...options } = readOptions<{ endpoint: string; queueUrl: string }>();
const client = sqsClient(where.endpoint);
await runWorker(options, (bus, given) => {
  const lease = { waitTimeSeconds: 1, visibilityTimeout: options.lease };
  return sqsConsumer(bus, { queueUrl: where.queueUrl, client, ...lease, ...given });
});
client.destroy();
