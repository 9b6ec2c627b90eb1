import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import type { KnownConfig, SqsClient } from './connection.ts';
import type { QueueAddress } from './queue-url.ts';

/** The package is named only here: declarations that users get must not need it. */
type Sdk = typeof import('@aws-sdk/client-sqs');

/** A message as SQS gives it, in the parts that are read. */
export interface SqsMessage {
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
  readonly Body?: string | undefined;
  readonly Attributes?: Readonly<Record<string, string | undefined>> | undefined;
  readonly MessageAttributes?:
    | Readonly<Record<string, { readonly StringValue?: string | undefined }>>
    | undefined;
}
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
  const own = given === undefined ? new sdk.SQSClient(regionOf(address)) : undefined;
  const client: SqsClient = given ?? own!;
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
      const { Messages = [] } = await send<{ Messages?: readonly SqsMessage[] }>(command, signal);
      return Messages;
    },
    async remove(Entries, signal) {
      const command = new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [...Entries] });
      return failedOf(await send(command, signal));
    },
    async changeVisibility(Entries, signal) {
      const command = new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [...Entries] });
      return failedOf(await send(command, signal));
    },
    close: () => own?.destroy(),
  };
}

/** An answer without failures may lack the list. */
function failedOf({ Failed = [] }: { Failed?: readonly FailedEntry[] }): readonly FailedEntry[] {
  return Failed;
}

function regionOf({ region }: QueueAddress): { region?: string } {
  return region === undefined ? {} : { region };
}

async function load(where: string): Promise<Sdk> {
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
async function assertRegion(where: string, { region }: QueueAddress, client: object): Promise<void> {
  const config = 'config' in client && isObject(client.config) ? (client.config as KnownConfig) : {};
  if (region === undefined || config.isCustomEndpoint === true || config.region === undefined) return;
  const own = await config.region();
  if (own === region) return;
  throw new EventsError(
    'BAD_OPTION',
    `${where}: queueUrl is in ${region}, and its client is for ${own}. Make the client with { region: '${region}' }.`,
  );
}
