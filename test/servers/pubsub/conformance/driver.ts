import { randomUUID } from 'node:crypto';
import {
  v1,
  type CreateSubscriptionOptions,
  type Message,
  type PubSub,
  type SubscriberOptions,
  type Subscription,
  type Topic,
} from '@google-cloud/pubsub';

/** One check of what Pub/Sub does, with the reason why Google's emulator is known to fail it. */
export interface PubsubCase {
  readonly name: string;
  readonly emulator?: string | undefined;
  run(driver: Driver): Promise<void>;
}

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

/** Short methods for what the cases ask of a server, with the real client and the generated one below it. */
export class Driver implements AsyncDisposable {
  readonly client: PubSub;
  readonly #open: { close(): Promise<unknown> }[] = [];

  constructor(client: PubSub) {
    this.client = client;
  }

  name(kind = 'name'): string {
    return `${kind}-${randomUUID()}`;
  }

  async topic(): Promise<Topic> {
    const [topic] = await this.client.createTopic(this.name('topic'));
    return topic;
  }

  async subscription(topic: Topic, options: CreateSubscriptionOptions = {}): Promise<Subscription> {
    const [subscription] = await topic.createSubscription(this.name('subscription'), options);
    return subscription;
  }

  /** Makes a topic with one subscription. */
  async pair(options: CreateSubscriptionOptions = {}) {
    const topic = await this.topic();
    return { topic, subscription: await this.subscription(topic, options) };
  }

  /** Publishes texts, one after the other. */
  async publish(topic: Topic, texts: readonly string[], orderingKey?: string): Promise<string[]> {
    const sent = texts.map((text) =>
      topic.publishMessage({ data: Buffer.from(text), ...(orderingKey !== undefined && { orderingKey }) }),
    );
    return Promise.all(sent);
  }

  /** Listens, with a subscriber of its own, until the driver is disposed of. */
  listen(
    { name }: Subscription,
    onMessage: (message: Message) => unknown,
    options: SubscriberOptions = {},
  ): Subscription & { readonly errors: readonly Error[] } {
    const errors: Error[] = [];
    const fast = { batching: { maxMilliseconds: 5 }, ...options };
    const subscription = this.client.subscription(name, fast);
    subscription.on('message', onMessage).on('error', (error: Error) => errors.push(error));
    this.#open.push(subscription);
    return Object.assign(subscription, { errors });
  }

  /** Makes a generated client, for what the real one can't do. */
  async subscriber(): Promise<v1.SubscriberClient> {
    const client = new v1.SubscriberClient(await this.#config());
    this.#open.push(client);
    return client;
  }

  async publisher(): Promise<v1.PublisherClient> {
    const client = new v1.PublisherClient(await this.#config());
    this.#open.push(client);
    return client;
  }

  /** Returns functions that pull messages and answer them. */
  async puller({ name: subscription }: Subscription) {
    const client = await this.subscriber();
    const acknowledge = (ackId: string) => client.acknowledge({ subscription, ackIds: [ackId] });
    const modify = (ackId: string, ackDeadlineSeconds: number) =>
      client.modifyAckDeadline({ subscription, ackIds: [ackId], ackDeadlineSeconds });
    const pull = async (maxMessages = 10, returnImmediately = false) => {
      const [{ receivedMessages }] = await client.pull({ subscription, maxMessages, returnImmediately });
      return (receivedMessages ?? []).map(({ ackId, message, deliveryAttempt: attempt }) => ({
        ackId: ackId!,
        attempt,
        text: String(message?.data),
      }));
    };
    const pullTexts = async (count?: number) => (await pull(count, true)).map(({ text }) => text);
    return { pull, pullTexts, acknowledge, modify };
  }

  /** Opens a stream, and collects everything that comes on it. */
  async stream({ name: subscription }: Subscription, first: object = {}) {
    const client = await this.subscriber();
    const stream = client.streamingPull();
    const responses: StreamResponse[] = [];
    const errors: Error[] = [];
    stream.on('data', (response: StreamResponse) => responses.push(response));
    stream.on('error', (error) => errors.push(error));
    stream.write({ subscription, streamAckDeadlineSeconds: 10, ...first });
    this.#open.push({ close: async () => stream.cancel() });
    const received = () => responses.flatMap(({ receivedMessages }) => receivedMessages);
    return { stream, responses, errors, received };
  }

  /** Returns the settings of the client, which the generated clients name differently. */
  async #config() {
    return (await this.client.getClientConfig()) as ConstructorParameters<typeof v1.PublisherClient>[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.reverse().map((each) => each.close()));
  }
}

interface Confirmation {
  readonly ackIds: readonly string[];
  readonly invalidAckIds: readonly string[];
}
interface StreamResponse {
  readonly receivedMessages: readonly {
    readonly ackId: string;
    readonly message: { readonly data: Buffer };
  }[];
  readonly acknowledgeConfirmation: Confirmation | null;
  readonly modifyAckDeadlineConfirmation: Confirmation | null;
  readonly subscriptionProperties: { readonly exactlyOnceDeliveryEnabled: boolean } | null;
}
