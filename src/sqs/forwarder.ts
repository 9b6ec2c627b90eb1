import type { EventForwarder } from '../core/types/handler.ts';
import { EventsError } from '../core/words/errors.ts';
import { SqsQueue } from './client/sqs-queue.ts';
import { makeForward } from '../queue/send/forward.ts';
import { Gatherer } from '../queue/send/gather.ts';
import { explain, isEmptyBatch } from './client/errors.ts';
import { makeMessage, type Message } from './send/message.ts';
import { readSettings, type SqsForwarderOptions } from './send/options.ts';
import { NO_ANSWER, sendBatch } from './send/send-batch.ts';

/** SQS's limit for the entries of a batch. */
const MAX_ENTRIES = 10;

/** A forwarder to an SQS queue. */
export interface SqsForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventForwarder<P> {
  /**
   * Checks that the queue can be reached and may be sent to, for example at startup. Sends no message: it sends an empty
   * batch, and SQS's complaint that the batch is empty means yes.
   *
   * @throws EventsError (as a rejection) `SEND_FAILED`, which says what is wrong with region, credentials, queue or
   * permission
   */
  verify(): Promise<void>;
}

/**
 * Makes a forwarder that sends events to an SQS queue, in batches. An event that it takes is sent at least once, or
 * reported as failed.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { sqsForwarder } from 'trpc-events/sqs';
 *
 * const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
 * export const bus = e.bus({ handlers: [eventRouter, sqsForwarder({ queueUrl, events: 'order.*', local: false })] });
 * ```
 */
export function sqsForwarder<const P extends string | readonly string[] = string>(
  options: SqsForwarderOptions<P>,
): SqsForwarder<P> {
  const settings = readSettings(options);
  const { name, events, local, codec, queueUrl, client, linger } = settings;
  const queue = new SqsQueue(queueUrl, client);
  const handleMany = makeForward<Message>({
    linger,
    timeout: Infinity,
    makeMessage: (event) => makeMessage(event, settings),
    open: (send) =>
      new Gatherer({
        ...settings,
        maxEntries: MAX_ENTRIES,
        groupOf: settings.isFifo ? ({ groupId }) => groupId! : undefined,
        sendBatch: (batch) => sendBatch({ ...batch, queue, send }),
        explain: (error) => explain(error, queueUrl, 'send'),
      }),
  });
  return {
    name,
    ...(events !== undefined && { events: events as P }),
    remote: true,
    local,
    codec,
    handleMany,
    async verify() {
      try {
        await queue.sendBatch([], AbortSignal.timeout(NO_ANSWER));
      } catch (error) {
        if (isEmptyBatch(error)) return;
        throw new EventsError('SEND_FAILED', `${name} can't send: ${explain(error, queueUrl, 'send')}`, {
          cause: error,
        });
      }
    },
    close: () => queue.close(),
  };
}
