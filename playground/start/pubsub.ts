import { PubsubServer } from '../../test/servers/pubsub.ts';
import type { QueueVariables } from './queues.ts';

/**
 * Starts the Pub/Sub server that the tests of this repository have, in this process, with the topics and subscriptions that
 * the shop asks for.
 */
export async function startPubsub(): Promise<QueueVariables> {
  const server = await PubsubServer.start();
  server.subscribe('orders', 'orders-worker');
  server.subscribe('orders-replies', 'orders-replies');
  return {
    PUBSUB_TOPIC: server.createTopic('orders'),
    // Nothing of the reader's own project is asked, or sent anywhere.
    PUBSUB_EMULATOR_HOST: server.address,
    METADATA_SERVER_DETECTION: 'none',
  };
}
