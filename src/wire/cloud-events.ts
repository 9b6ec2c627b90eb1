import { SuperJSON } from 'superjson';
import { objectKind } from '../core/catalog/object-kind.ts';
import type { AnyEvent, Envelope } from '../core/types/event.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { aCount, anObject, aString, readOptions, type Rule, type Rules } from '../core/words/options.ts';
import type { CloudEventsOptions, Codec, BrokerMessage } from './codec.ts';
import { pack, type Settings } from './pack.ts';
import { badMessage, ofMessage, ofMeta, readJson } from './read-json.ts';
import { readRevivals, unpack } from './unpack.ts';

const aTransformer: Rule = {
  ok: (v) => isObject(v) && typeof v['serialize'] === 'function' && typeof v['deserialize'] === 'function',
  words: 'a transformer, such as superjson',
};
const aSource: Rule = {
  ok: (v) => aString.ok(v) && /^[\w~:/?#[\]@!$&'()*+,;=.%-]+$/.test(v as string),
  words: 'a URI or a path, such as /shop',
};
const ORIGIN: Rules = {
  id: aString,
  time: {
    ok: (v) => isObject(v) && objectKind(v) === 'Date' && !Number.isNaN(Number(v)),
    words: 'a valid Date',
  },
  attributes: anObject,
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
    maxBytes = 2 ** 20,
    maxValues = 25_000,
  } = given;
  const settings: Settings = { transformer, isOwn: given.transformer !== undefined, maxValues };
  return {
    encode(event) {
      const data = event.payload === undefined ? undefined : pack(event.payload, event.name, settings);
      const meta = isEmpty(event.meta) ? undefined : pack(event.meta, undefined, settings);
      const text = JSON.stringify({
        specversion: '1.0',
        id: event.id,
        type: event.name,
        // An event that came from elsewhere keeps its source, without which its id may be that of another event.
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
      if (isLonger(text, maxBytes))
        throw new EventsError(
          'NOT_SERIALIZABLE',
          `The message of ${JSON.stringify(event.name)} is longer than maxBytes, ${maxBytes}. Send what the listeners need, or where they find it.`,
        );
      return text;
    },
    decode(text, origin) {
      const from = readOptions('decode, from', origin, ORIGIN);
      if (typeof text !== 'string') throw badMessage('it is no text');
      if (isLonger(text, maxBytes)) throw badMessage(`it is longer than maxBytes, ${maxBytes}`);
      const parsed = readJson(text, 'it', ofMessage(maxValues));
      if (!isObject(parsed) || Array.isArray(parsed)) throw badMessage('it is no object');
      const message: Record<string, unknown> = Object.assign(Object.create(null), parsed);
      if (message['specversion'] !== '1.0') throw badMessage('it is no CloudEvents 1.0');
      if (message['data_base64'] !== undefined) throw badMessage('its data is not JSON, but base64');
      const contentType = textOf(message, 'datacontenttype');
      if (contentType !== undefined && !/^application\/(?:[\w.+-]*\+)?json\s*(?:;|$)/i.test(contentType))
        throw badMessage('its datacontenttype is not JSON');
      const revivals = readRevivals(textOf(message, 'superjson'));
      const meta = textOf(message, 'meta');
      return {
        id: (textOf(message, 'id') === undefined ? from.id : undefined) ?? required(message, 'id'),
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

function required(message: Record<PropertyKey, unknown>, attribute: string): string {
  const text = textOf(message, attribute);
  if (text === undefined || text === '')
    throw badMessage(`its ${attribute} must be a text that is not empty`);
  return text;
}

/** Returns the text of an attribute. JSON's null counts as a missing attribute. */
function textOf(message: Record<PropertyKey, unknown>, attribute: string): string | undefined {
  const value = message[attribute] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw badMessage(`its ${attribute} must be a text`);
}

/** A W3C trace context of version 00 to fe, whose ids are not all zeros. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** A tracestate as W3C allows it: list members of visible characters, and 512 of them at most. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/**
 * Returns the trace context of a message, or of the broker's attributes if the text has none. A trace is no reason to
 * refuse an event: what is no trace context is left out.
 */
function traceOf(
  message: Record<PropertyKey, unknown>,
  attributes: BrokerMessage['attributes'] | undefined,
): Pick<Envelope, 'traceparent' | 'tracestate'> {
  // The copy has no prototype, so that nothing on `Object.prototype` counts as an attribute.
  const sent: Record<string, unknown> = Object.assign(Object.create(null), attributes);
  for (const { traceparent, tracestate } of [message, sent]) {
    if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) continue;
    const isState = typeof tracestate === 'string' && TRACESTATE.test(tracestate);
    return { traceparent, tracestate: isState ? tracestate : undefined };
  }
  return {};
}

function isEmpty(meta: unknown): boolean {
  return isObject(meta) && Object.keys(meta).length === 0;
}

/** Returns true if a text, as UTF-8, is longer than `bytes`. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}
