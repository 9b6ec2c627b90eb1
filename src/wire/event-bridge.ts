import { EventsError } from '../core/words/errors.ts';
import { cloudEvents } from './cloud-events.ts';
import type { Codec } from './codec.ts';
import { fieldsOf, idOf, required, textOf, timeOf, traceOf } from './fields.ts';
import { isCloudEvent, isEventBridgeEvent, ofOtherFormat } from './formats.ts';
import { assertCodec, DEFAULT_LIMITS, readFrom, readMessage, withinLength } from './read-message.ts';

/**
 * Makes a codec for a queue that is the target of an EventBridge rule. An event gets its name from `detail-type`, its
 * payload from `detail`, and the rest from `id`, `time` and `source`. If `detail` is a CloudEvent, `codec` reads that instead.
 *
 * `encode` writes what EventBridge would put into the queue, with a CloudEvent as `detail`. To send to an event bus, give
 * PutEvents the text of `codec` itself as `Detail`, and the event's name as `DetailType`.
 *
 * @param codec Reads and writes CloudEvents. Default: `cloudEvents()`.
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { sqsLambda } from 'trpc-events/sqs';
 * import { eventBridge } from 'trpc-events/wire';
 *
 * export const handler = sqsLambda(bus, { codec: eventBridge() });
 * ```
 */
export function eventBridge(codec: Codec = cloudEvents()): Codec {
  assertCodec('eventBridge', codec);
  return {
    lossy: codec.lossy,
    encode(event) {
      const detail = parse(codec.encode(event));
      if (!isCloudEvent(detail))
        throw new EventsError('NOT_SERIALIZABLE', 'eventBridge takes a codec that writes CloudEvents.');
      const text = JSON.stringify({
        version: '0',
        id: event.id,
        'detail-type': event.name,
        source: (detail as { source?: unknown }).source,
        time: event.time.toISOString(),
        resources: [],
        detail,
      });
      return withinLength(text, event.name, DEFAULT_LIMITS);
    },
    decode(text, origin) {
      const from = readFrom(origin);
      const parsed = readMessage(text, DEFAULT_LIMITS);
      const message = fieldsOf(parsed);
      if (message === undefined || !isEventBridgeEvent(message)) throw ofOtherFormat('eventBridge', parsed);
      const id = idOf(message, 'id', from);
      const time = timeOf(message, 'time', from);
      const { detail } = message;
      const { attributes } = from;
      if (isCloudEvent(detail)) return codec.decode(JSON.stringify(detail), { id, time, attributes });
      return {
        id,
        source: textOf(message, 'source') || undefined,
        name: required(message, 'detail-type'),
        payload: detail,
        time,
        ...traceOf(undefined, attributes),
      };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
