import { isObject } from '../core/words/guards.ts';
import { cloudEvents } from './cloud-events.ts';
import type { Codec } from './codec.ts';
import { fieldsOf, idOf, required, timeOf } from './fields.ts';
import { ofOtherFormat } from './formats.ts';
import { badMessage } from './read-json.ts';
import { assertCodec, DEFAULT_LIMITS, readFrom, readMessage, withinLength } from './read-message.ts';

const RAW = ': with raw message delivery, leave snsNotification out';

/** The documents that SNS sends besides notifications, and what to do with each. */
const CONFIRMATIONS: ReadonlyMap<unknown, string> = new Map([
  ['SubscriptionConfirmation', 'open its SubscribeURL once, then delete it'],
  ['UnsubscribeConfirmation', 'the queue gets no more from its topic; delete it'],
]);

/**
 * Makes a codec for a queue that is subscribed to an SNS topic without raw message delivery. SNS wraps each message in a
 * JSON document, and `codec` reads what was published. If that has no id, time or trace context, those of the
 * notification are used (`MessageId`, `Timestamp`, `MessageAttributes`). With raw message delivery, leave this codec out.
 *
 * `encode` writes what SNS would put into the queue, for tests, and to put a message back. To publish to the topic, give
 * SNS the text of `codec` itself. The signature is not checked, because the queue's policy decides who may write to it.
 *
 * @param codec Reads and writes the message within. Default: `cloudEvents()`.
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { sqsConsumer } from 'trpc-events/sqs';
 * import { snsNotification } from 'trpc-events/wire';
 *
 * await sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL!, codec: snsNotification() }).run();
 * ```
 */
export function snsNotification(codec: Codec = cloudEvents()): Codec {
  assertCodec('snsNotification', codec);
  return {
    lossy: codec.lossy,
    encode(event) {
      const text = JSON.stringify({
        Type: 'Notification',
        MessageId: event.id,
        Message: codec.encode(event),
        Timestamp: event.time.toISOString(),
      });
      return withinLength(text, event.name, DEFAULT_LIMITS);
    },
    decode(text, origin) {
      const from = readFrom(origin);
      const parsed = readMessage(text, DEFAULT_LIMITS, `, and not a notification of SNS${RAW}`);
      const message = fieldsOf(parsed);
      const type = message?.['Type'];
      const advice = CONFIRMATIONS.get(type);
      if (advice !== undefined) throw badMessage(`it is the ${String(type)} of SNS, and no event: ${advice}`);
      if (message === undefined || type !== 'Notification')
        throw ofOtherFormat('snsNotification', parsed, RAW);
      return codec.decode(required(message, 'Message'), {
        id: idOf(message, 'MessageId', from),
        time: timeOf(message, 'Timestamp', from),
        attributes: attributesOf(message['MessageAttributes']),
      });
    },
  };
}

/** Returns the attributes that are strings or numbers, in the form of an SQS message's attributes. Others are ignored. */
function attributesOf(sent: unknown): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, attribute] of Object.entries(fieldsOf(sent) ?? {})) {
    if (!isObject(attribute)) continue;
    const { Type, Value } = attribute;
    if ((Type === 'String' || Type === 'Number') && typeof Value === 'string') attributes[name] = Value;
  }
  return attributes;
}
