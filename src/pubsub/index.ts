/**
 * Events to Google Pub/Sub, and from it. Forwarders and consumers need `@google-cloud/pubsub`, which is loaded when it is first
 * needed.
 *
 * @example
 * ```ts
 * import { pubsubForwarder } from 'trpc-events/pubsub';
 *
 * const forwarder = pubsubForwarder({ topic: 'orders', events: 'order.*', local: false });
 * export const bus = e.bus({ handlers: [eventRouter, forwarder] });
 * ```
 *
 * @module
 */
export { pubsubForwarder, type PubsubForwarder } from './forwarder.ts';
export type { PubsubAttribute, PubsubForwarderOptions } from './send/options.ts';
export type { PubsubClient, PubsubTopic } from './client/types.ts';
export type { EventForwarder } from '../core/types/handler.ts';
export type { AnyEvent, Envelope } from '../core/types/event.ts';
export type { Codec, BrokerMessage } from '../wire/codec.ts';
