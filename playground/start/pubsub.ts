import { PubsubServer } from '../../test/servers/pubsub.ts';
import type { QueueVariables } from './queues.ts';

/** Starts the Pub/Sub server of this repository's tests, in this process, with what the shop needs. */
export async function startPubsub(): Promise<QueueVariables> {
  const server = await PubsubServer.start();
  server.subscribe('orders', 'orders-worker');
  server.subscribe('orders-replies', 'orders-replies');
  return {
    PUBSUB_TOPIC: server.createTopic('orders'),
    // These variables keep the client away from the reader's own project.
    PUBSUB_EMULATOR_HOST: server.address,
    METADATA_SERVER_DETECTION: 'none',
  };
}
