import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { aCount, milliseconds, readOptions, type Rules } from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';
import { assertBus } from '../queue/options.ts';
import { RECEIVE_OPTIONS, receiver } from '../queue/receiver.ts';
import type { Receive, ReceiveOptions, ReceivingBus } from '../queue/types.ts';
import { LambdaBatch, type SqsRecord } from './receive/lambda-batch.ts';

/** The options of `sqsLambda`. */
export interface SqsLambdaOptions extends ReceiveOptions {
  /** How many messages of a batch are handled at a time. Default: 10. */
  concurrency?: number | undefined;
  /**
   * The listeners are aborted this long before the function's time runs out, in ms. Messages that are not done then are
   * reported as failed. Default: 1,000.
   */
  margin?: number | undefined;
}
/** The part of Lambda's event that is read. */
export interface SqsLambdaEvent {
  readonly Records: readonly SqsRecord[];
}
/** The part of Lambda's context that is read. */
export interface SqsLambdaContext {
  getRemainingTimeInMillis(): number;
}
/** Tells Lambda which messages come again. It deletes the others. */
export interface SqsLambdaAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/** The handler that `sqsLambda` makes. */
export type SqsLambdaHandler = (
  event: SqsLambdaEvent,
  context?: SqsLambdaContext,
) => Promise<SqsLambdaAnswer>;

const OPTIONS: Rules = { ...RECEIVE_OPTIONS, concurrency: aCount, margin: milliseconds };

/**
 * Makes a handler for AWS Lambda, behind the event source mapping of an SQS queue, standard or FIFO. **The mapping must
 * have `FunctionResponseTypes: ['ReportBatchItemFailures']`**. Without it, Lambda ignores the answer, and deletes the
 * messages that have failed. The function can't see that.
 *
 * The handler throws only if its records don't come from SQS.
 *
 * @throws EventsError `BAD_OPTION`; from the handler, as a rejection, `BAD_MESSAGE`
 *
 * @example
 * ```ts
 * import { sqsLambda } from 'trpc-events/sqs';
 *
 * export const handler = sqsLambda(bus);
 * ```
 */
export function sqsLambda(bus: ReceivingBus, options?: SqsLambdaOptions): SqsLambdaHandler {
  assertBus('sqsLambda', bus);
  const { concurrency = 10, margin = 1000, ...receiving } = readOptions('sqsLambda', options, OPTIONS);
  const receivers = new Map<string, Receive>();
  // The options are checked now, although the queues are only known from the records.
  receiverOf('sqs');

  function receiverOf(queue: string): Receive {
    let receive = receivers.get(queue);
    if (receive === undefined) {
      const name = `lambda/${queue}`;
      receive = receiver(bus, { ...receiving, name, system: 'aws.sqs', destination: queue });
      receivers.set(queue, receive);
    }
    return receive;
  }

  return async function handleSqsEvent(event, context) {
    const records = recordsOf(event);
    const left = remainingTime(context);
    const batch = new LambdaBatch(records, { receiverOf, concurrency, left, margin });
    return { batchItemFailures: await batch.run() };
  };
}

/** @throws EventsError `BAD_MESSAGE` */
function recordsOf(event: unknown): readonly SqsRecord[] {
  const records: unknown = isObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(records)) {
    throw wrongEvent(`${quote(event)} without Records`);
  }
  for (const record of records as unknown[]) {
    // SNS writes its name in capitals.
    const { eventSource, EventSource, eventSourceARN, messageId, body } = isObject(record) ? record : {};
    if (eventSource !== 'aws:sqs') throw wrongEvent(`a record of ${quote(eventSource ?? EventSource)}`);
    if ([eventSourceARN, messageId, body].some((part) => typeof part !== 'string')) {
      throw wrongEvent('a record without eventSourceARN, messageId or body');
    }
  }
  return records as readonly SqsRecord[];
}

function wrongEvent(what: string): EventsError {
  return new EventsError(
    'BAD_MESSAGE',
    `sqsLambda takes the events of an SQS queue, and got ${what}. Give the function an event source mapping of a queue. SNS, S3 and EventBridge can send to that queue.`,
  );
}

/** Returns the time that is left, in ms, or `undefined` if nobody says, as in a test. */
function remainingTime(context: SqsLambdaContext | undefined): number | undefined {
  if (typeof context?.getRemainingTimeInMillis !== 'function') return undefined;
  const left = context.getRemainingTimeInMillis();
  return Number.isFinite(left) ? left : undefined;
}
