import type { EventForwarder } from '../core/types/handler.ts';
import { EventsError } from '../core/words/errors.ts';
import { makeForward } from '../queue/send/forward.ts';
import { explain } from './client/errors.ts';
import { TopicRequests } from './client/topic.ts';
import { Keys } from './send/keys.ts';
import { makeMessage, type Message } from './send/message.ts';
import { readSettings, type PubsubForwarderOptions } from './send/options.ts';
import { sendBatch } from './send/send-batch.ts';

/** Pub/Sub's limit for the messages of a publish request. */
const MAX_ENTRIES = 1000;
/** An event is sent again for as long as its time allows. */
const RETRY = { attempts: Infinity, minDelay: 100, maxDelay: 1000 };

/** A forwarder to a Pub/Sub topic. */
export interface PubsubForwarder<
  P extends string | readonly string[] = string | readonly string[],
> extends EventForwarder<P> {
  /**
   * Checks that the topic can be reached and may be published to, for example at startup. Sends nothing: it asks which
   * permissions the process has. Takes up to `timeout` ms.
   *
   * @throws EventsError (as a rejection) `SEND_FAILED`, which says what is wrong with project, credentials, topic or
   * permission
   */
  verify(): Promise<void>;
}

/**
 * Makes a forwarder that sends events to a Pub/Sub topic, in batches. An event that it takes is sent at least once, or
 * reported as failed.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { pubsubForwarder } from 'trpc-events/pubsub';
 *
 * const forwarder = pubsubForwarder({ topic: 'orders', events: 'order.*', local: false, orderingKey: ({ key }) => key });
 * export const bus = e.bus({ handlers: [eventRouter, forwarder] });
 * ```
 */
export function pubsubForwarder<const P extends string | readonly string[] = string>(
  options: PubsubForwarderOptions<P>,
): PubsubForwarder<P> {
  const settings = readSettings(options);
  const { name, events, local, codec, client, linger, maxBytes, requestBytes, timeout } = settings;
  const topic = new TopicRequests(settings.topic, client);
  const explained = (error: unknown) => explain(error, topic.name, 'send');
  const handleMany = makeForward<Message>({
    linger,
    timeout,
    makeMessage: (event) => makeMessage(event, settings),
    open: (send) =>
      new Keys({
        name,
        maxEntries: MAX_ENTRIES,
        maxBytes: maxBytes - requestBytes,
        isAllOrNothing: true,
        retry: RETRY,
        // An attempt gets a third of the time, so that an event survives one lost answer.
        sendBatch: (batch) => sendBatch({ ...batch, topic, send, patience: timeout / 3 }),
        explain: explained,
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
        await topic.verify(timeout, AbortSignal.timeout(timeout));
      } catch (error) {
        throw new EventsError('SEND_FAILED', `${name} can't send: ${explained(error)}`, { cause: error });
      }
    },
    close: () => topic.close(),
  };
}
