import { isUnimplemented } from './errors.ts';
import { LazyClient } from './lazy-client.ts';
import { fullName, type Resource } from './resource.ts';
import type { PubsubSubscriberClient, PubsubSubscription } from './types.ts';

const CONSUME = 'pubsub.subscriptions.consume';
/** How long acks are gathered for one request, in ms. The client's own 100 ms make it 20 times slower. */
export const ACK_LINGER = 5;
/** How long an ack is tried, in ms, in all. */
const ACK_TIMEOUT = 20_000;
/** How long listeners may go on after the client has closed the subscription by itself, in ms. */
const OWN_CLOSE = 600_000;
/** How long a question may take, in ms. */
const ASK_TIMEOUT = 10_000;

type Sdk = typeof import('@google-cloud/pubsub');

/** The subscription of one consumer. */
export class SubscriptionClient {
  readonly #resource: Resource;
  /** How many messages the client may hold. */
  readonly places: number;
  readonly #client: LazyClient<PubsubSubscriberClient>;
  #sdk: Sdk | undefined;
  #opened: { readonly client: PubsubSubscriberClient; readonly name: string } | undefined;

  constructor(resource: Resource, places: number, client: PubsubSubscriberClient | undefined) {
    this.#resource = resource;
    this.places = places;
    this.#client = new LazyClient(client, resource.project);
  }

  /** Opens the client. Rejects as the client does, and without a package, a project or credentials. */
  async open(): Promise<void> {
    const { client, project } = await this.#client.open();
    // With a handler of rejections, bundlers take the package for optional, as it is for a push route.
    this.#sdk ??= await import('@google-cloud/pubsub').catch((error: unknown) =>
      Promise.reject(error as Error),
    );
    this.#opened = { client, name: fullName('subscriptions', this.#resource, project) };
  }

  /** Makes what takes messages, up to so many at once, as soon as somebody listens for them. Only after `open`. */
  subscribe(places: number): PubsubSubscription {
    const { client, name } = this.#opened!;
    return client.subscription(name, this.#options(places) as never);
  }

  /** How a subscription closes: what it holds may be answered for so many ms. */
  closing(ms: number): object {
    return { ...this.#options(this.places), closeOptions: this.#closeOptions(ms) };
  }

  /**
   * Asks whether the process may take messages, which needs no permission. Returns `undefined` if the server does not know
   * permissions. Rejects if nobody answers.
   */
  async mayConsume(): Promise<boolean | undefined> {
    const { client, name } = this.#opened!;
    const options = { timeout: ASK_TIMEOUT, retry: null };
    try {
      const [granted] = await client.subscription(name).iam.testPermissions([CONSUME], options);
      return (granted as Readonly<Record<string, boolean>>)[CONSUME] === true;
    } catch (error) {
      // Google's emulator knows no permissions.
      if (isUnimplemented(error)) return undefined;
      // An answer all the same: NOT_FOUND or PERMISSION_DENIED.
      if ([5, 7].includes((error as { code?: number }).code ?? -1)) return false;
      throw error;
    }
  }

  /** Closes the client that was made here. A later `open` makes another. */
  async close(): Promise<void> {
    this.#opened = undefined;
    await this.#client.close();
  }

  #options(places: number): object {
    const { Duration } = this.#sdk!;
    return {
      // The client's excess of messages is given out at once: what waits inside the client can't be told from what runs.
      flowControl: { maxMessages: places },
      // Each stream would have the flow control for itself.
      streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: 1 }) },
      batching: { maxMilliseconds: ACK_LINGER, callOptions: { timeout: ACK_TIMEOUT } },
      // After slow acks, the client would extend for up to 10 minutes, which a crash would make a wait.
      maxAckDeadline: Duration.from({ seconds: 60 }),
      maxExtensionTime: Duration.from({ hours: 12 }),
      closeOptions: this.#closeOptions(OWN_CLOSE),
    };
  }

  #closeOptions(ms: number): object {
    // In its last second, the client gives up what it still holds.
    const timeout = this.#sdk!.Duration.from({ milliseconds: Math.ceil(ms) + 1000 });
    return { behavior: 'WAIT', timeout };
  }
}
