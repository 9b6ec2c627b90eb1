import { refuse } from './options.ts';

/** The environment variables that tell the shop's processes about the queues. */
export type QueueVariables = Readonly<Record<string, string | undefined>>;

/**
 * Uses the queues that the environment names, with its region, project and credentials: two of SQS, or topics of Pub/Sub. If
 * it names none, starts a server in this process, for SQS or, with `isPubsub`, for Pub/Sub.
 */
export async function openQueues(isPubsub: boolean): Promise<QueueVariables> {
  const { SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES, PUBSUB_TOPIC } = process.env;
  const named = [SQS_QUEUE_URL, SQS_QUEUE_URL_REPLIES].filter(Boolean).length;
  if (isPubsub && (PUBSUB_TOPIC || named > 0))
    refuse(
      '--pubsub starts a Pub/Sub server: leave it out, or unset PUBSUB_TOPIC, SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES.',
    );
  if (PUBSUB_TOPIC && named > 0)
    refuse('Set PUBSUB_TOPIC, or SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, and not both.');
  if (named === 1)
    refuse('Set both SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, for orders and what comes back, or none.');
  if (PUBSUB_TOPIC || named === 2) return {};
  // The servers take a moment to load, so only the one that is needed is imported.
  if (isPubsub) return (await import('./pubsub.ts')).startPubsub();
  return (await import('./sqs.ts')).startSqs();
}
