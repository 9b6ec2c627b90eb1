import type { AnyEvent, Envelope } from '../core/types/event.ts';

/** The facts that a broker knows about a message, in addition to its text. */
export interface BrokerMessage {
  /** The id that the broker gave the message. It becomes the event's id if the text has none. */
  readonly id: string;
  /** When the broker got the message. It becomes the event's time if the text has none. */
  readonly time?: Date | undefined;
  /**
   * The attributes of the message. `traceparent`, with its `tracestate`, becomes the event's if the text has none. Other
   * attributes are ignored, because any sender could rename an event with them.
   */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** Turns an event into the text of a message, and back. Forwarders and consumers take one as `codec`. */
export interface Codec {
  /**
   * True if a message leaves out parts of its event, because its readers don't expect them. Otherwise, outside
   * production, the bus reads each forwarded event back, and refuses an event that would arrive changed. Default: false.
   */
  readonly lossy?: boolean | undefined;
  /** @throws EventsError `NOT_SERIALIZABLE`, with the path of the value that can't travel, if it is known */
  encode(event: AnyEvent): string;
  /**
   * Decodes a text that comes from outside and may be anything. `bus.deliver` checks the result: the name, and payload
   * and meta against their schemas.
   *
   * `from` fills in what the text leaves out: other producers may leave id and time to the broker.
   *
   * @throws EventsError `BAD_MESSAGE`, without the text; `BAD_OPTION` for a bad `from`
   */
  decode(text: string, from?: BrokerMessage): Envelope;
}

/** Turns values that JSON can't represent into values that it can, and back, as a `transformer` of tRPC does. */
export interface Transformer {
  serialize(value: unknown): unknown;
  deserialize(value: never): unknown;
}

/** Options of `cloudEvents`. */
export interface CloudEventsOptions {
  /** The `source` of each message, a URI or a path that says where it comes from. Default: `/trpc-events`. */
  source?: string | undefined;
  /**
   * Converts what JSON can't represent. Pass the transformer that you pass to tRPC, on both sides: superjson 2.2.3 or
   * later, or one with the same output. Default: superjson, without what you registered on its default instance.
   */
  transformer?: Transformer | undefined;
  /** Maximum length of a message, in bytes of UTF-8. Default: 1,048,576, which is the limit of SQS. */
  maxBytes?: number | undefined;
  /**
   * Maximum number of items and keys in a payload, including the bytes of typed arrays. Checking them takes time, even if
   * the message is short. Default: 25,000, which takes about 50 ms to check if the schema rejects each of them.
   */
  maxValues?: number | undefined;
}
