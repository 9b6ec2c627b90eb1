import type { AnyEvent, Envelope } from '../core/types/event.ts';

/** An event to the text of a message, and back. What forwarders and consumers take as `codec`. */
export interface Codec {
  /**
   * @throws EventsError `NOT_SERIALIZABLE`, with the path of what can't travel, where it can tell
   */
  encode(event: AnyEvent): string;
  /**
   * The text comes from outside, and may be anything. What it gives back is checked by `bus.deliver`: names, payloads
   * and meta by their schemas.
   *
   * @throws EventsError `BAD_MESSAGE`, without the text
   */
  decode(text: string): Envelope;
}

/** What superjson does, and what tRPC takes as `transformer`: values that JSON can't say, to some that it can, and back. */
export interface Transformer {
  serialize(value: unknown): unknown;
  deserialize(value: never): unknown;
}

/** The options of `cloudEvents`. */
export interface CloudEventsOptions {
  /** What the messages say of where they come from, a URI or a path. Default: `/trpc-events`. */
  source?: string | undefined;
  /**
   * For what JSON can't say. Give the one that you give to tRPC, on both sides: superjson 2.2.3 or later, or what writes as
   * that does. Default: superjson, without what you have registered there.
   */
  transformer?: Transformer | undefined;
  /** How long a message may be, in bytes of UTF-8; SQS takes no more than the default. Default: 1,048,576. */
  maxBytes?: number | undefined;
  /**
   * How many items and keys a payload may have, bytes of a typed array too: what checks them takes its time, however
   * short the message is. Default: 25,000, some 50 ms of a schema that finds each of them wrong.
   */
  maxValues?: number | undefined;
}
