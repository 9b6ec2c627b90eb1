import { CONSUMERS } from './consumers.ts';
import { CONTRACTS } from './contracts.ts';
import { DELIVERIES } from './deliveries.ts';
import { INSPECTOR } from './inspector.ts';
import { MESSAGES } from './messages.ts';
import type { Mutant } from './mutant.ts';
import { QUEUES } from './queues.ts';
import { SCOPES } from './scopes.ts';
import { SQS } from './sqs.ts';
import { WIRING } from './wiring.ts';

export const MUTANTS: readonly Mutant[] = [
  ...SCOPES,
  ...DELIVERIES,
  ...CONTRACTS,
  ...QUEUES,
  ...SQS,
  ...CONSUMERS,
  ...MESSAGES,
  ...WIRING,
  ...INSPECTOR,
];
