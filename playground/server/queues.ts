import { pubsubQueues } from './queues/pubsub.ts';
import type { QueuePair } from './queues/queue-pair.ts';
import { sqsQueues } from './queues/sqs.ts';

const { PUBSUB_TOPIC, SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES } = process.env;

/** Which of the files of `queues/` is in use. */
export const broker = PUBSUB_TOPIC ? 'pubsub' : 'sqs';

/** The queues that the environment names. `npm run playground` sees to it; without them, the shop does everything. */
export const queues: QueuePair | undefined = openQueues();

function openQueues(): QueuePair | undefined {
  if (PUBSUB_TOPIC) return pubsubQueues(PUBSUB_TOPIC);
  if (SQS_QUEUE_URL && SQS_QUEUE_URL_REPLIES) return sqsQueues(SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES);
  return undefined;
}
