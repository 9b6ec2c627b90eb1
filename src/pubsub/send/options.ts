import { Buffer } from 'node:buffer';
import type { AnyEvent } from '../../core/types/event.ts';
import { EventsError } from '../../core/words/errors.ts';
import { aCount, aFunction, milliseconds, readOptions, type Rules } from '../../core/words/options.ts';
import { FORWARD_OPTIONS, WHY_UNDEFINED } from '../../queue/options.ts';
import { cloudEvents } from '../../wire/cloud-events.ts';
import type { Codec } from '../../wire/codec.ts';
import { aClientWith, aTopic } from '../client/options.ts';
import { FIELD } from '../client/message.ts';
import { fullName, readResource, type Resource } from '../client/resource.ts';
import type { PubsubClient } from '../client/types.ts';

/** Pub/Sub's limit for a publish request, in bytes. */
const MAX_BYTES = 10_000_000;

/** The value of an attribute. Empty ones and `undefined` are left out. */
export type PubsubAttribute = string | number | undefined;

/** Options of `pubsubForwarder`. */
export interface PubsubForwarderOptions<P extends string | readonly string[] = string | readonly string[]> {
  /** The topic: `orders`, if it is in the client's project, or `projects/my-project/topics/orders`. */
  topic: string;
  /** The name that reports show, unique in a bus. Default: `pubsub/` and the topic's ID. */
  name?: string | undefined;
  /** The patterns of the events to send. Default: all events. */
  events?: P | undefined;
  /**
   * If `true`, local listeners get these events too; if `false`, only the topic does. Required if a local listener takes
   * an event that this forwarder takes. Default: none.
   */
  local?: boolean | undefined;
  /**
   * Your own PubSub, which you close yourself. Default: a new one, which reads project and credentials from the
   * environment, and PUBSUB_EMULATOR_HOST.
   */
  client?: PubsubClient | undefined;
  /** Turns events into text. Default: `cloudEvents()`. */
  codec?: Codec | undefined;
  /**
   * Returns the ordering key of an event, up to 1,024 bytes. Events of one key are sent in order, by one request at a time.
   * A subscription keeps the order only if it has message ordering enabled. Default: no keys.
   */
  orderingKey?: ((event: AnyEvent) => string | undefined) | undefined;
  /**
   * Returns attributes to add to `event` (the event's name), `content-type`, `traceparent` and `tracestate`. Pub/Sub takes
   * 100 in all, with up to 256 bytes a name and 1,024 a value. Default: none.
   */
  attributes?: ((event: AnyEvent) => Readonly<Record<string, PubsubAttribute>> | undefined) | undefined;
  /** How long an event waits for others, to fill a request, in ms. At 0, only the events of a flush share one. Default: 5. */
  linger?: number | undefined;
  /** Maximum size of a request, in bytes, attributes included. Default: 10,000,000, the limit of Pub/Sub. */
  maxBytes?: number | undefined;
  /**
   * How long sending an event may take, all attempts included, in ms. It is less if the event's `deadline` is sooner.
   * Default: 30,000.
   */
  timeout?: number | undefined;
}

/** `PubsubForwarderOptions`, checked, with their defaults. */
export interface PubsubSettings {
  readonly topic: Resource;
  /** The forwarder's name. */
  readonly name: string;
  readonly events: string | readonly string[] | undefined;
  readonly local: boolean | undefined;
  readonly client: PubsubClient | undefined;
  readonly codec: Codec;
  readonly orderingKey: ((event: AnyEvent) => unknown) | undefined;
  readonly attributes: ((event: AnyEvent) => unknown) | undefined;
  readonly linger: number;
  readonly maxBytes: number;
  /** The bytes of a request besides its messages: the topic's name. */
  readonly requestBytes: number;
  readonly timeout: number;
}

/** A stand-in for the longest project ID, with a domain in front of it. The client finds out the real one later. */
const LONGEST_PROJECT = 'p'.repeat(100);

const OPTIONS: Rules = {
  ...FORWARD_OPTIONS,
  topic: aTopic,
  client: aClientWith('topic'),
  orderingKey: aFunction,
  maxBytes: {
    ok: (v) => aCount.ok(v) && (v as number) <= MAX_BYTES,
    words: `a positive integer up to ${MAX_BYTES}, which is the limit of Pub/Sub`,
  },
  timeout: {
    ok: (v) => milliseconds.ok(v) && (v as number) >= 1,
    words: 'a number of milliseconds, from 1 to 2147483647',
  },
};

/** @throws EventsError `BAD_OPTION` */
export function readSettings(options: PubsubForwarderOptions): PubsubSettings {
  const given = readOptions('pubsubForwarder', options, OPTIONS);
  if (given.topic === undefined)
    throw new EventsError('BAD_OPTION', `pubsubForwarder: it needs topic, ${aTopic.words}. ${WHY_UNDEFINED}`);
  const topic = readResource('topics', given.topic)!;
  return {
    topic,
    name: given.name ?? `pubsub/${topic.id}`,
    events: given.events,
    local: given.local,
    client: given.client,
    codec: given.codec ?? cloudEvents(),
    orderingKey: given.orderingKey,
    attributes: given.attributes,
    linger: given.linger ?? 5,
    maxBytes: given.maxBytes ?? MAX_BYTES,
    requestBytes: Buffer.byteLength(fullName('topics', topic, LONGEST_PROJECT)) + FIELD,
    timeout: given.timeout ?? 30_000,
  };
}
