import type * as Sdk from '@aws-sdk/client-sqs';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import type { QueueAddress } from './queue-url.ts';

/** The part of the `SQSClient` of `@aws-sdk/client-sqs` that is used. */
export interface SqsClient {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  destroy(): void;
  readonly config?: { region?: string | (() => Promise<string>) };
}
/** A message as SQS gives it, in the parts that are read. */
export type SqsMessage = Pick<
  Sdk.Message,
  'MessageId' | 'ReceiptHandle' | 'Body' | 'Attributes' | 'MessageAttributes'
>;
/** An entry of a batch that failed, in an answer that says 200. */
export interface FailedEntry {
  readonly Id?: string | undefined;
  readonly SenderFault?: boolean | undefined;
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
}

/** The requests of a consumer to its queue. Each rejects as the client does. */
export interface QueueCalls {
  receive(
    input: { max: number; waitSeconds: number; visibilitySeconds: number },
    signal: AbortSignal,
  ): Promise<readonly SqsMessage[]>;
  remove(
    entries: readonly { Id: string; ReceiptHandle: string }[],
    signal: AbortSignal,
  ): Promise<readonly FailedEntry[]>;
  changeVisibility(
    entries: readonly { Id: string; ReceiptHandle: string; VisibilityTimeout: number }[],
    signal: AbortSignal,
  ): Promise<readonly FailedEntry[]>;
  /** Closes the connections, unless the client was given. */
  close(): void;
}

/** The attributes of SQS itself that are read. */
const SYSTEM_ATTRIBUTES = ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'] as const;

/**
 * Connects to a queue. The package of the client is loaded here, and not before, because Lambda needs none, and because it
 * takes 160 ms.
 *
 * @throws EventsError `BAD_OPTION`
 */
export async function connect(
  where: string,
  QueueUrl: string,
  address: QueueAddress,
  given: SqsClient | undefined,
): Promise<QueueCalls> {
  const sdk = await load(where);
  const client: SqsClient = given ?? new sdk.SQSClient(address.region === undefined ? {} : { region: address.region });
  await assertRegion(where, address, client);

  async function send<O>(command: object, abortSignal: AbortSignal): Promise<O> {
    return (await client.send(command as never, { abortSignal })) as O;
  }
  return {
    async receive({ max, waitSeconds, visibilitySeconds }, signal) {
      const command = new sdk.ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
      });
      const { Messages = [] } = await send<Sdk.ReceiveMessageResult>(command, signal);
      return Messages;
    },
    async remove(Entries, signal) {
      const command = new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [...Entries] });
      return (await send<Partial<Sdk.DeleteMessageBatchResult>>(command, signal)).Failed ?? [];
    },
    async changeVisibility(Entries, signal) {
      const command = new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [...Entries] });
      return (await send<Partial<Sdk.ChangeMessageVisibilityBatchResult>>(command, signal)).Failed ?? [];
    },
    close() {
      if (given === undefined) client.destroy();
    },
  };
}

async function load(where: string): Promise<typeof Sdk> {
  try {
    return await import('@aws-sdk/client-sqs');
  } catch (cause) {
    if (!isObject(cause) || !/MODULE_NOT_FOUND/.test(String(cause['code']))) throw cause;
    throw new EventsError(
      'BAD_OPTION',
      `${where} needs the package @aws-sdk/client-sqs: npm install @aws-sdk/client-sqs`,
      { cause },
    );
  }
}

/** @throws EventsError `BAD_OPTION` if the queue is of another region than the client, which would not find it */
async function assertRegion(
  where: string,
  { region }: QueueAddress,
  { config }: SqsClient,
): Promise<void> {
  const given = config?.region;
  if (region === undefined || given === undefined) return;
  const own = typeof given === 'function' ? await given() : given;
  if (own === region) return;
  throw new EventsError(
    'BAD_OPTION',
    `${where}: queueUrl is in ${region}, and its client is for ${own}. Make the client with { region: '${region}' }.`,
  );
}
