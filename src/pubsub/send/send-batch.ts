import type { HandleManyOptions } from '../../core/types/handler.ts';
import type { Batch, Fault } from '../../queue/send/batch.ts';
import { isOfAnEntry, isTransient } from '../client/errors.ts';
import type { TopicRequests } from '../client/topic.ts';
import type { Message } from './message.ts';

interface BatchRequest extends Batch<Message> {
  readonly topic: TopicRequests;
  readonly send: HandleManyOptions['send'];
  /** Time after which an attempt without an answer counts as lost, in ms. */
  readonly patience: number;
}

/**
 * Sends messages of one ordering key in one request. Returns a fault at the index of each message that was not sent. Never
 * rejects.
 */
export async function sendBatch(request: BatchRequest): Promise<readonly (Fault | undefined)[]> {
  const { messages, topic, send, controller } = request;
  const { signal } = controller;
  // The messages were given up while they waited for their turn, so observers must not see a request.
  if (signal.aborted) return messages.map(() => ({ error: signal.reason as unknown, retry: undefined }));
  const to = {
    system: 'gcp.pubsub',
    destination: topic.id,
    events: messages.map(({ event }) => event),
  };
  try {
    await send(to, () => publish(request));
    return messages.map(() => undefined);
  } catch (error) {
    // Pub/Sub takes all messages of a request, or none.
    const mayBeAlone = messages.length > 1 && isOfAnEntry(error);
    const retry = isTransient(error) ? 'later' : mayBeAlone ? 'alone' : undefined;
    return messages.map(() => ({ error, retry }));
  }
}

async function publish({ messages, topic, deadline, patience, controller }: BatchRequest): Promise<void> {
  const ms = Math.max(1, Math.min(patience, deadline - Date.now()));
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`Pub/Sub has not answered for ${Math.round(ms)} ms`, 'TimeoutError'));
  }, ms);
  try {
    await topic.publish(messages, ms, controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
