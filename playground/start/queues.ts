import { startFauxqs } from 'fauxqs';
import { refuse } from './options.ts';

/** What the processes of the shop get to know of the queues, as environment variables. */
export type QueueVariables = Readonly<Record<string, string | undefined>>;

/**
 * The queues that `SQS_QUEUE_URL` and `SQS_QUEUE_URL_REPLIES` name, with the region and the credentials of the environment.
 * Without them, two of a server in this process: in memory, on a free port.
 */
export async function openQueues(): Promise<QueueVariables> {
  const { SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES } = process.env;
  if (SQS_QUEUE_URL && SQS_QUEUE_URL_REPLIES) return {};
  if (SQS_QUEUE_URL || SQS_QUEUE_URL_REPLIES)
    refuse('Set both SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, for orders and what comes back, or none.');
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  for (const name of ['orders', 'replies']) server.createQueue(name);
  return {
    SQS_QUEUE_URL: `${endpoint}/000000000000/orders`,
    SQS_QUEUE_URL_REPLIES: `${endpoint}/000000000000/replies`,
    // Nothing of the reader's own account is asked, or sent anywhere.
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'playground',
    AWS_SECRET_ACCESS_KEY: 'playground',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
  };
}
