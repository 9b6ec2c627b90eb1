import { pubsubQueues } from './queues/pubsub.ts';
import type { QueuePair } from './queues/queue-pair.ts';
import { sqsQueues } from './queues/sqs.ts';

const { PUBSUB_TOPIC, SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES } = process.env;

/** The file of `queues/` that is in use. */
export const broker = PUBSUB_TOPIC ? 'pubsub' : 'sqs';

/** The queues that the environment names. `npm run playground` sets them. Without them, the shop does all the work. */
export const queues: QueuePair | undefined = openQueues();

function openQueues(): QueuePair | undefined {
  if (PUBSUB_TOPIC) return pubsubQueues(PUBSUB_TOPIC);
  if (SQS_QUEUE_URL && SQS_QUEUE_URL_REPLIES) return sqsQueues(SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES);
  return undefined;
}
