/**
 * Events to Amazon SQS. It needs `@aws-sdk/client-sqs`, which is loaded with the first request.
 *
 * @example
 * ```ts
 * import { sqsForwarder } from 'trpc-events/sqs';
 *
 * const forwarder = sqsForwarder({ queueUrl: process.env.QUEUE_URL!, events: 'order.*', local: false });
 * export const bus = e.bus({ handlers: [eventRouter, forwarder] });
 * ```
 *
 * @module
 */
export { sqsForwarder, type SqsForwarder } from './forwarder.ts';
export type { SqsAttribute, SqsForwarderOptions, SqsRetryOptions } from './options.ts';
export type { SqsClient } from './connection.ts';
export type { EventForwarder } from '../core/types/handler.ts';
export type { AnyEvent, Envelope } from '../core/types/event.ts';
export type { Codec, BrokerMessage } from '../wire/codec.ts';
