import { isObject } from '../../core/words/guards.ts';
import { untilAborted } from '../../queue/until-aborted.ts';
import { WrongRegion } from './errors.ts';
import { addressOf, type QueueAddress } from './queue-url.ts';
import type { BatchResult, DeleteEntry, SendEntry, SqsClient, SqsMessage, VisibilityEntry } from './types.ts';

type Sdk = typeof import('@aws-sdk/client-sqs');
/** The package and the client, which are there from the first request on. */
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
  /** The number of open requests. */
  #open = 0;
  #isClosing = false;

  constructor(queueUrl: string, client: SqsClient | undefined) {
    this.#url = queueUrl;
    this.#given = client;
    this.address = addressOf(queueUrl)!;
  }

  sendBatch(Entries: readonly SendEntry[], signal: AbortSignal): Promise<BatchResult> {
    const input = { QueueUrl: this.#url, Entries: [...Entries] };
    return this.#send((sdk) => new sdk.SendMessageBatchCommand(input), signal);
  }

  async receive(
    { max, waitSeconds, visibilitySeconds }: ReceiveInput,
    signal: AbortSignal,
  ): Promise<readonly SqsMessage[]> {
    const input = {
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
    };
    const answer = this.#send<{ readonly Messages?: readonly SqsMessage[] }>(
      (sdk) => new sdk.ReceiveMessageCommand(input),
      signal,
    );
    const { Messages = [] } = await answer;
    return Messages;
  }

  deleteBatch(Entries: readonly DeleteEntry[], signal: AbortSignal): Promise<BatchResult> {
    const input = { QueueUrl: this.#url, Entries: [...Entries] };
    return this.#send((sdk) => new sdk.DeleteMessageBatchCommand(input), signal);
  }

  changeVisibilityBatch(Entries: readonly VisibilityEntry[], signal: AbortSignal): Promise<BatchResult> {
    const input = { QueueUrl: this.#url, Entries: [...Entries] };
    return this.#send((sdk) => new sdk.ChangeMessageVisibilityBatchCommand(input), signal);
  }

  /**
   * Destroys its own client, but not the application's, as soon as no request is open, because another bus may share it. A
   * later request makes another.
   */
  close(): void {
    this.#isClosing = true;
    if (this.#open === 0) this.#destroy();
  }

  #destroy(): void {
    this.#own?.destroy();
    this.#own = undefined;
    this.#opened = undefined;
    this.#isClosing = false;
  }

  async #send<O>(make: (sdk: Sdk) => object, abortSignal: AbortSignal): Promise<O> {
    const call = async () => {
      const { sdk, client } = this.#opened ?? (await this.#connect());
      return (await client.send(make(sdk) as never, { abortSignal })) as O;
    };
    this.#open++;
    try {
      return await untilAborted(call(), abortSignal);
    } finally {
      this.#open--;
      if (this.#isClosing && this.#open === 0) this.#destroy();
    }
  }

  async #connect(): Promise<Opened> {
    // The rejection handler makes bundlers treat the package as optional, because a Lambda handler doesn't need it.
    const sdk = await import('@aws-sdk/client-sqs').catch((error: unknown) => Promise.reject(error as Error));
    const client = this.#given ?? (this.#own ??= new sdk.SQSClient(this.#config()));
    await this.#checkRegion(client);
    return (this.#opened = { sdk, client });
  }

  #config() {
    const { region } = this.address;
    return {
      ...(region !== undefined && { region }),
      // The SDK would log a warning for each request to a queue whose host is not its endpoint, such as a queue in a VPC.
      endpoint: new URL(this.#url).origin,
      // A wrong checksum would fail the request after the queue has taken the messages. TLS protects them on their way.
      md5: false as const,
    };
  }

  /** Rejects if the client is for another region. AWS would only say that the signature is wrong, or the queue unknown. */
  async #checkRegion(client: object): Promise<void> {
    const { region } = this.address;
    const { region: configured, isCustomEndpoint } = configOf(client);
    if (region === undefined || isCustomEndpoint === true || typeof configured !== 'function') return;
    const ofClient: unknown = await configured();
    if (ofClient !== region) throw new WrongRegion(region, String(ofClient));
  }
}

/** Returns the configuration of a client. One of the application's own may have none. */
function configOf(client: object): Record<string, unknown> {
  return 'config' in client && isObject(client.config) ? client.config : {};
}
