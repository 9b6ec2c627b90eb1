import { ASYNC_API } from './async-api.ts';
import { CONSUMERS } from './consumers.ts';
import { CONTRACTS } from './contracts.ts';
import { DELIVERIES } from './deliveries.ts';
import { INSPECTOR } from './inspector.ts';
import { MESSAGES } from './messages.ts';
import type { Mutant } from './mutant.ts';
import { PUBSUB_RECEIVE } from './pubsub-receive.ts';
import { PUBSUB_SEND } from './pubsub-send.ts';
import { OTEL } from './otel.ts';
import { QUEUES } from './queues.ts';
import { SCOPES } from './scopes.ts';
import { SQS } from './sqs.ts';
import { STORY } from './story.ts';
import { WIRING } from './wiring.ts';

export const MUTANTS: readonly Mutant[] = [
  ...SCOPES,
  ...DELIVERIES,
  ...CONTRACTS,
  ...QUEUES,
  ...SQS,
  ...PUBSUB_SEND,
  ...CONSUMERS,
  ...PUBSUB_RECEIVE,
  ...MESSAGES,
  ...OTEL,
  ...WIRING,
  ...ASYNC_API,
  ...INSPECTOR,
  ...STORY,
];
