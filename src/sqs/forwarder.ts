import type { EventForwarder, HandleManyOptions } from '../core/types/handler.ts';
import { EventsError } from '../core/words/errors.ts';
import { SqsQueue } from './client/sqs-queue.ts';
import { Call, Entry } from './send/entry.ts';
import { explain, isEmptyBatch } from './client/errors.ts';
import { Gatherer } from './send/gather.ts';
import { makeMessage } from './send/message.ts';
import { readSettings, type SqsForwarderOptions } from './send/options.ts';
import { NO_ANSWER } from './send/send-batch.ts';

/** A forwarder to an SQS queue. */
export interface SqsForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventForwarder<P> {
  /**
   * Checks that the queue can be reached and may be sent to, for whoever wants to know at start. Sends nothing: it asks for
   * an empty batch, and takes SQS's complaint that it is empty for a yes.
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
  // Each `send` is that of one bus, whose observers see no event of another.
  const gatherers = new WeakMap<object, Gatherer>();

  function gathererOf(send: HandleManyOptions['send']): Gatherer {
    const gatherer = gatherers.get(send) ?? new Gatherer(settings, queue, send);
    gatherers.set(send, gatherer);
    return gatherer;
  }

  return {
    name,
    ...(events !== undefined && { events: events as P }),
    remote: true,
    local,
    codec,
    handleMany(events, options) {
      const gatherer = gathererOf(options.send);
      const call = new Call(options, gatherer.giveUp);
      // Never so long that no time is left to send.
      const lingersUntil = performance.now() + Math.min(linger, call.left / 2);
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
