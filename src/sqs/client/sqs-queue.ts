import { isObject } from '../../core/words/guards.ts';
import { WrongRegion } from './errors.ts';
import { addressOf, type QueueAddress } from './queue-url.ts';
import type { BatchResult, DeleteEntry, SendEntry, SqsClient, SqsMessage, VisibilityEntry } from './types.ts';

type Sdk = typeof import('@aws-sdk/client-sqs');
/** What is made with the first request. */
interface Opened {
  readonly sdk: Sdk;
  readonly client: SqsClient;
}

/** How a consumer asks for messages. */
export interface ReceiveInput {
  readonly max: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
}

/** The attributes of SQS itself that are read. */
const SYSTEM_ATTRIBUTES = ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'] as const;

/**
 * The requests to one queue. Each rejects as the client does. The AWS SDK is loaded with the first one, since that takes
 * 160 ms, and a module that only has a Lambda handler needs none.
 */
export class SqsQueue {
  readonly address: QueueAddress;
  readonly #url: string;
  readonly #given: SqsClient | undefined;
  #own: (SqsClient & { destroy(): void }) | undefined;
  #opened: Opened | undefined;

  constructor(queueUrl: string, client: SqsClient | undefined) {
    this.#url = queueUrl;
    this.#given = client;
    this.address = addressOf(queueUrl)!;
  }

  async sendBatch(Entries: readonly SendEntry[], signal: AbortSignal): Promise<BatchResult> {
    const { sdk, client } = this.#opened ?? (await this.#open());
    const command = new sdk.SendMessageBatchCommand({ QueueUrl: this.#url, Entries: [...Entries] });
    return send(client, command, signal);
  }

  async receive(
    { max, waitSeconds, visibilitySeconds }: ReceiveInput,
    signal: AbortSignal,
  ): Promise<readonly SqsMessage[]> {
    const { sdk, client } = this.#opened ?? (await this.#open());
    const command = new sdk.ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
    });
    const { Messages = [] } = await send<{ Messages?: readonly SqsMessage[] }>(client, command, signal);
    return Messages;
  }

  async deleteBatch(Entries: readonly DeleteEntry[], signal: AbortSignal): Promise<BatchResult> {
    const { sdk, client } = this.#opened ?? (await this.#open());
    const command = new sdk.DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries: [...Entries] });
    return send(client, command, signal);
  }

  async changeVisibilityBatch(
    Entries: readonly VisibilityEntry[],
    signal: AbortSignal,
  ): Promise<BatchResult> {
    const { sdk, client } = this.#opened ?? (await this.#open());
    const input = { QueueUrl: this.#url, Entries: [...Entries] };
    return send(client, new sdk.ChangeMessageVisibilityBatchCommand(input), signal);
  }

  /** Destroys the client that was made here. A later request makes another. */
  close(): void {
    this.#own?.destroy();
    this.#own = undefined;
    this.#opened = undefined;
  }

  async #open(): Promise<Opened> {
    const sdk = await import('@aws-sdk/client-sqs');
    const { region } = this.address;
    const config = region === undefined ? {} : { region };
    const client = this.#given ?? (this.#own ??= new sdk.SQSClient(config));
    await this.#checkRegion(client);
    return (this.#opened = { sdk, client });
  }

  /** AWS would only say that the signature is wrong, or that the queue is unknown. */
  async #checkRegion(client: object): Promise<void> {
    const { region } = this.address;
    const { region: configured, isCustomEndpoint } = configOf(client);
    if (region === undefined || isCustomEndpoint === true || typeof configured !== 'function') return;
    const ofClient: unknown = await configured();
    if (ofClient !== region) throw new WrongRegion(region, String(ofClient));
  }
}

async function send<O>(client: SqsClient, command: object, abortSignal: AbortSignal): Promise<O> {
  return (await client.send(command as never, { abortSignal })) as O;
}

/** Returns the configuration of a client. One of the application's own may have none. */
function configOf(client: object): Record<string, unknown> {
  return 'config' in client && isObject(client.config) ? client.config : {};
}
