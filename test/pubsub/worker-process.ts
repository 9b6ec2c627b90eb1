import { pubsubConsumer } from '../../src/pubsub/index.ts';
import { readOptions, runWorker } from '../queue/worker-process.ts';
import { pubsubClient } from '../servers/pubsub.ts';
import { withDeadline } from './worker.ts';

const { where, ...options } = readOptions<{ address: string }>();
const client = pubsubClient(where.address);
await runWorker(options, (bus, given) =>
  pubsubConsumer(bus, { subscription: 'worker', client: withDeadline(client, options.lease), ...given }),
);
await client.close();
