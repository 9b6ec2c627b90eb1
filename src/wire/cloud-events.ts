import { SuperJSON } from 'superjson';
import type { AnyEvent, Envelope } from '../core/types/event.ts';
import { isObject } from '../core/words/guards.ts';
import { aCount, aString, readOptions, type Rule } from '../core/words/options.ts';
import type { CloudEventsOptions, Codec } from './codec.ts';
import { fieldsOf, idOf, required, textOf, traceOf } from './fields.ts';
import { ofOtherFormat } from './formats.ts';
import { pack, type Settings } from './pack.ts';
import { badMessage, ofMeta, readJson } from './read-json.ts';
import { DEFAULT_LIMITS, readFrom, readMessage, withinLength, type MessageLimits } from './read-message.ts';
import { readRevivals, unpack } from './unpack.ts';

const aTransformer: Rule = {
  ok: (v) => isObject(v) && typeof v['serialize'] === 'function' && typeof v['deserialize'] === 'function',
  words: 'a transformer, such as superjson',
};
const aSource: Rule = {
  ok: (v) => aString.ok(v) && /^[\w~:/?#[\]@!$&'()*+,;=.%-]+$/.test(v as string),
  words: 'a URI or a path, such as /shop',
};

/**
 * Makes the default codec: CloudEvents 1.0, as JSON. `data` is plain JSON that any language can read; the attribute
 * `superjson` marks the values that JSON can't represent (Date, Map, Set, bigint, undefined, …).
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import type { EventForwarder } from 'trpc-events';
 * import { cloudEvents } from 'trpc-events/wire';
 *
 * const codec = cloudEvents({ source: '/shop' });
 * const forwarder: EventForwarder = {
 *   name: 'queue',
 *   remote: true,
 *   handle: (event) => queue.send(codec.encode(event)),
 * };
 * queue.receive(async (text) => {
 *   const { failures } = await bus.deliver(codec.decode(text));
 *   return failures.length === 0;
 * });
 * ```
 */
export function cloudEvents(options?: CloudEventsOptions): Codec {
  const given = readOptions('cloudEvents', options, {
    source: aSource,
    transformer: aTransformer,
    maxBytes: aCount,
    maxValues: aCount,
  });
  const {
    source = '/trpc-events',
    // A new instance, because no reader of this codec would revive what the application registered on the default one.
    transformer = new SuperJSON(),
    maxBytes = DEFAULT_LIMITS.maxBytes,
    maxValues = DEFAULT_LIMITS.maxValues,
  } = given;
  const limits: MessageLimits = { maxBytes, maxValues };
  const settings: Settings = { transformer, isOwn: given.transformer !== undefined, maxValues };
  return {
    encode(event) {
      const data = event.payload === undefined ? undefined : pack(event.payload, event.name, settings);
      const meta = isEmpty(event.meta) ? undefined : pack(event.meta, undefined, settings);
      const text = JSON.stringify({
        specversion: '1.0',
        id: event.id,
        type: event.name,
        // An event from elsewhere keeps its source, because its id is unique only together with its source.
        source: event.source || source,
        time: event.time.toISOString(),
        ...(data && { datacontenttype: 'application/json' }),
        ...attributesOf(event),
        meta: meta && JSON.stringify(meta.json),
        superjson:
          (data?.meta ?? meta?.meta) === undefined
            ? undefined
            : JSON.stringify({ data: data?.meta, meta: meta?.meta }),
        data: data?.json,
      });
      return withinLength(text, event.name, limits);
    },
    decode(text, origin) {
      const from = readFrom(origin);
      const parsed = readMessage(text, limits);
      const message = fieldsOf(parsed);
      if (message?.['specversion'] !== '1.0') throw ofOtherFormat('cloudEvents', parsed);
      if (message['data_base64'] !== undefined) throw badMessage('its data is not JSON, but base64');
      const contentType = textOf(message, 'datacontenttype');
      if (contentType !== undefined && !/^application\/(?:[\w.+-]*\+)?json\s*(?:;|$)/i.test(contentType))
        throw badMessage('its datacontenttype is not JSON');
      const revivals = readRevivals(textOf(message, 'superjson'));
      const meta = textOf(message, 'meta');
      return {
        id: idOf(message, 'id', from),
        source: textOf(message, 'source') || undefined,
        name: required(message, 'type'),
        payload: unpack(message['data'], revivals.data, settings),
        time: textOf(message, 'time') ?? from.time ?? new Date(),
        key: textOf(message, 'partitionkey'),
        path: textOf(message, 'procedure'),
        correlationId: textOf(message, 'correlationid'),
        causationId: textOf(message, 'causationid'),
        depth: (message['depth'] ?? undefined) as number | undefined,
        ...traceOf(message, from.attributes),
        meta: unpack(
          meta === undefined ? undefined : readJson(meta, 'its meta', ofMeta(maxValues)),
          revivals.meta,
          settings,
        ),
      } satisfies Envelope;
    },
  };
}

/** Returns the extension attributes, except the two that hold JSON text. */
function attributesOf(event: AnyEvent) {
  return {
    correlationid: event.correlationId,
    causationid: event.causationId,
    depth: event.depth,
    procedure: event.path,
    partitionkey: event.key,
    traceparent: event.traceparent,
    tracestate: event.tracestate,
  };
}

function isEmpty(meta: unknown): boolean {
  return isObject(meta) && Object.keys(meta).length === 0;
}
