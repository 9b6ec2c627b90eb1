/**
 * The format in which an event leaves the process: the codec that forwarders and consumers share.
 *
 * @example
 * ```ts
 * import { cloudEvents } from 'trpc-events/wire';
 *
 * const codec = cloudEvents();
 * const { name, payload } = codec.decode(text);
 * ```
 *
 * @module
 */
export { asyncApi } from './async-api/async-api.ts';
export { cloudEvents } from './cloud-events.ts';
export { eventBridge } from './event-bridge.ts';
export { fastapiEvents } from './fastapi-events.ts';
export { snsNotification } from './sns-notification.ts';
export type {
  AsyncApiChannel,
  AsyncApiDocument,
  AsyncApiMessage,
  AsyncApiOperation,
  AsyncApiOptions,
  AsyncApiReference,
  AsyncApiServer,
} from './async-api/types.ts';
export type { CloudEventsOptions, Codec, BrokerMessage, Transformer } from './codec.ts';
export type { AnyEvent, Envelope } from '../core/types/event.ts';
