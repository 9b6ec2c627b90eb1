import { isObject } from '../core/words/guards.ts';
import type { MessageAttributes } from './attributes.ts';
import { addressOf } from './queue-url.ts';

/** The part of an SQSClient that is called. */
export interface SqsClient {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}
/** An entry of SendMessageBatch. */
export interface BatchEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes: MessageAttributes;
  readonly MessageGroupId: string | undefined;
  readonly MessageDeduplicationId: string | undefined;
  readonly DelaySeconds: number | undefined;
}
/** The answer to SendMessageBatch. Some servers give `SenderFault` as a text. */
export interface BatchResult {
  readonly Successful?: readonly { readonly Id?: string }[];
  readonly Failed?: readonly {
    readonly Id?: string;
    readonly Code?: string;
    readonly Message?: string;
    readonly SenderFault?: unknown;
  }[];
}
/** The part of a client's configuration that tells its region. */
export interface KnownConfig {
  readonly region?: () => Promise<string>;
  readonly isCustomEndpoint?: boolean;
}

/**
 * The way to one queue. The AWS SDK is loaded with the first request, since that takes time, and a module that only has
 * a Lambda handler needs none.
 */
export class Connection {
  readonly #queueUrl: string;
  readonly #given: SqsClient | undefined;
  #sdk: typeof import('@aws-sdk/client-sqs') | undefined;
  #own: (SqsClient & { destroy(): void }) | undefined;
  #isChecked = false;

  constructor(queueUrl: string, client: SqsClient | undefined) {
    this.#queueUrl = queueUrl;
    this.#given = client;
  }

  async sendBatch(Entries: readonly BatchEntry[], abortSignal: AbortSignal): Promise<BatchResult> {
    // Another import() of the same module costs as much as half of a request.
    const sdk = (this.#sdk ??= await import('@aws-sdk/client-sqs'));
    const client = this.#given ?? (this.#own ??= new sdk.SQSClient({}));
    if (!this.#isChecked) await this.#checkRegion(client);
    const input = { QueueUrl: this.#queueUrl, Entries: [...Entries] };
    return (await client.send(new sdk.SendMessageBatchCommand(input) as never, {
      abortSignal,
    })) as BatchResult;
  }

  /** Destroys the client that was made here. A later request makes another. */
  close(): void {
    this.#own?.destroy();
    this.#own = undefined;
  }

  /** AWS would only say that the signature is wrong. */
  async #checkRegion(client: object): Promise<void> {
    const config = 'config' in client && isObject(client.config) ? (client.config as KnownConfig) : {};
    const region = addressOf(this.#queueUrl)?.region;
    if (region !== undefined && config.isCustomEndpoint !== true && typeof config.region === 'function') {
      const configured = await config.region();
      if (configured !== region)
        throw new Error(
          `the queue is in ${region}, and the AWS client in ${configured}: correct queueUrl or AWS_REGION, or give client: new SQSClient({ region: '${region}' })`,
        );
    }
    this.#isChecked = true;
  }
}
