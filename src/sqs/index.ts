/**
 * Events to Amazon SQS, and from it. Forwarders and consumers need `@aws-sdk/client-sqs`, which is loaded with the first
 * request. `sqsLambda` needs no package.
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
export { sqsConsumer, type SqsConsumerOptions } from './consumer.ts';
export type { RetryDelay } from './receive/answers.ts';
export { sqsLambda } from './lambda.ts';
export type {
  SqsLambdaAnswer,
  SqsLambdaContext,
  SqsLambdaEvent,
  SqsLambdaHandler,
  SqsLambdaOptions,
} from './lambda.ts';
export type { SqsRecord } from './receive/lambda-batch.ts';
export type { QueueConsumer, ConsumerStatus, ConsumerState, ConsumingBus } from '../queue/consumer-types.ts';
export { sqsForwarder, type SqsForwarder } from './forwarder.ts';
export type { SqsAttribute, SqsForwarderOptions, SqsRetryOptions } from './send/options.ts';
export type { SqsClient } from './client/types.ts';
export type { EventForwarder } from '../core/types/handler.ts';
export type { AnyEvent, Envelope } from '../core/types/event.ts';
export type { Codec, BrokerMessage } from '../wire/codec.ts';
