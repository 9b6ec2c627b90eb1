import type { Codec } from './codec.ts';
import { fieldsOf, traceOf } from './fields.ts';
import { isFastapiEvent, ofOtherFormat } from './formats.ts';
import { assertPlain } from './plain-json.ts';
import { badMessage } from './read-json.ts';
import { DEFAULT_LIMITS, readFrom, readMessage, withinLength } from './read-message.ts';

/**
 * Makes the codec for the messages of Python's fastapi-events: `["name", payload]`, in both directions. Nothing else of an
 * event travels, so the codec is `lossy`. Id and time come from the broker, and the trace context from the payload or the
 * message's attributes.
 *
 * A Date becomes ISO 8601 text, a URL becomes its text, and no payload becomes null. A value that JSON doesn't have, such
 * as a Map, a bigint or NaN, is refused (`NOT_SERIALIZABLE`), because its reader could not know that something is missing.
 * If a message arrives with null as its payload, the event has no payload. Use `z.coerce.date()` in schemas for the times
 * that Python writes.
 *
 * @example
 * ```ts
 * import { sqsConsumer } from 'trpc-events/sqs';
 * import { fastapiEvents } from 'trpc-events/wire';
 *
 * await sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL!, codec: fastapiEvents() }).run();
 * ```
 */
export function fastapiEvents(): Codec {
  return {
    lossy: true,
    encode({ name, payload }) {
      assertPlain(payload, name, DEFAULT_LIMITS.maxValues);
      return withinLength(JSON.stringify([name, payload ?? null]), name, DEFAULT_LIMITS);
    },
    decode(text, origin) {
      const from = readFrom(origin);
      const parsed = readMessage(text, DEFAULT_LIMITS);
      if (!isFastapiEvent(parsed)) throw ofOtherFormat('fastapiEvents', parsed, ', ["name", payload]');
      const [name, payload] = parsed;
      if (from.id === undefined)
        throw badMessage('it has no id of its own: give decode the id that the broker gave the message');
      return {
        id: from.id,
        name,
        payload: payload ?? undefined,
        time: from.time ?? new Date(),
        // fastapi-events writes its trace context into the payload.
        ...traceOf(fieldsOf(payload), from.attributes),
      };
    },
  };
}
