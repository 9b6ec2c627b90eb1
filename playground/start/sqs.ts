import { startFauxqs } from 'fauxqs';
import type { QueueVariables } from './queues.ts';

/** Starts an in-memory SQS server in this process, on a free port, with the queues that the shop needs. */
export async function startSqs(): Promise<QueueVariables> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  for (const name of ['orders', 'replies']) server.createQueue(name);
  return {
    SQS_QUEUE_URL: `${endpoint}/000000000000/orders`,
    SQS_QUEUE_URL_REPLIES: `${endpoint}/000000000000/replies`,
    // These variables keep the client away from the reader's own account.
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'playground',
    AWS_SECRET_ACCESS_KEY: 'playground',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
  };
}
