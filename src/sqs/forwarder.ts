import type { EventForwarder } from '../core/types/handler.ts';
import { EventsError } from '../core/words/errors.ts';
import { Connection } from './connection.ts';
import { Call, Entry } from './entry.ts';
import { explain, isEmptyBatch } from './explain.ts';
import { Gatherer } from './gather.ts';
import { makeMessage } from './message.ts';
import { readSettings, type SqsForwarderOptions } from './options.ts';
import { NO_ANSWER } from './send-batch.ts';

/** A forwarder to an SQS queue. */
export interface SqsForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventForwarder<P> {
  /**
   * Checks that the queue can be reached and may be sent to, for whoever wants to know at start. Sends nothing: it asks for
   * an empty batch, which SQS refuses only after everything else was right.
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
  const connection = new Connection(queueUrl, client);
  const gatherer = new Gatherer(settings, connection);
  return {
    name,
    ...(events !== undefined && { events: events as P }),
    remote: true,
    local,
    codec,
    handleMany(events, options) {
      const call = new Call(options, gatherer.giveUp);
      const lingersUntil = performance.now() + linger;
      const entries: Entry[] = [];
      for (const event of events) {
        try {
          const entry = new Entry(makeMessage(event, settings), call, lingersUntil);
          call.add(entry);
          entries.push(entry);
        } catch (error) {
          call.fail(event.id, error);
        }
      }
      call.wait();
      gatherer.add(entries);
      return call.done;
    },
    async verify() {
      try {
        await connection.sendBatch([], AbortSignal.timeout(NO_ANSWER));
      } catch (error) {
        if (isEmptyBatch(error)) return;
        throw new EventsError('SEND_FAILED', `${name} can't send: ${explain(error, queueUrl)}`, {
          cause: error,
        });
      }
    },
    close: () => connection.close(),
  };
}
