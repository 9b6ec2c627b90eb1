import { isUnimplemented } from './errors.ts';
import { LazyClient } from './lazy-client.ts';
import { fullName, type Resource } from './resource.ts';
import type { PubsubSubscriberClient, PubsubSubscription } from './types.ts';

const CONSUME = 'pubsub.subscriptions.consume';
/** How long acks are gathered for one request, in ms. The client's default of 100 ms would hold each one 20 times as long. */
export const ACK_LINGER = 5;
/** How long an ack is tried in all, in ms. */
const ACK_TIMEOUT = 20_000;
/** How long listeners may go on after the client has closed the subscription by itself, in ms. */
const OWN_CLOSE = 600_000;
/** How long the permission check may take, in ms. */
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

  /** Opens the client. Rejects as the client does, or if the package, the project or credentials are missing. */
  async open(): Promise<void> {
    const { client, project } = await this.#client.open();
    // The rejection handler makes bundlers treat the package as optional, because a push route doesn't need it.
    this.#sdk ??= await import('@google-cloud/pubsub').catch((error: unknown) =>
      Promise.reject(error as Error),
    );
    this.#opened = { client, name: fullName('subscriptions', this.#resource, project) };
  }

  /** Makes a subscription that takes up to `places` messages at once, as soon as somebody listens. Call it after `open`. */
  subscribe(places: number): PubsubSubscription {
    const { client, name } = this.#opened!;
    return client.subscription(name, this.#options(places) as never);
  }

  /** Returns the options for a close that leaves `ms` ms to answer for the messages that are held. */
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
      // NOT_FOUND (5) and PERMISSION_DENIED (7) are answers too.
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
      // Excess messages are delivered at once, because messages that wait inside the client can't be told from those that run.
      flowControl: { maxMessages: places },
      // One stream is used, because each would have its own flow control.
      streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: 1 }) },
      batching: { maxMilliseconds: ACK_LINGER, callOptions: { timeout: ACK_TIMEOUT } },
      // The limit keeps deadlines from growing to 10 minutes after slow acks, which would be the wait after a crash.
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
