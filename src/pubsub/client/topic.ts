import { untilAborted } from '../../queue/until-aborted.ts';
import { isUnimplemented } from './errors.ts';
import { LazyClient } from './lazy-client.ts';
import { fullName, type Resource } from './resource.ts';
import type { CallOptions, PubsubClient, PubsubMessage, PubsubTopic } from './types.ts';

const PUBLISH = 'pubsub.topics.publish';

/** The process has no permission to publish. Its code is that of gRPC. */
class MayNotPublish extends Error {
  override readonly name = 'MayNotPublish';
  readonly code = 7;

  constructor() {
    super(`it lacks the permission ${PUBLISH}`);
  }
}

/** The requests to one topic. Each is one attempt, and rejects as the client does. */
export class TopicRequests {
  readonly #resource: Resource;
  readonly #client: LazyClient<PubsubClient>;
  #topic: PubsubTopic | undefined;

  constructor(resource: Resource, client: PubsubClient | undefined) {
    this.#resource = resource;
    this.#client = new LazyClient(client, resource.project);
  }

  /**
   * Sends messages, all of one ordering key, by one request. The client's own queues would mix them with others, and can't
   * be told until when to try.
   */
  async publish(messages: readonly PubsubMessage[], timeout: number, signal: AbortSignal): Promise<void> {
    await untilAborted(this.#request('publish', { messages }, timeout, signal), signal);
  }

  /** Checks that the topic is there, and may be published to. */
  async verify(timeout: number, signal: AbortSignal): Promise<void> {
    await untilAborted(this.#verify(timeout, signal), signal);
  }

  /** Closes the client that was made here. A later request makes another. */
  async close(): Promise<void> {
    this.#topic = undefined;
    await this.#client.close();
  }

  async #verify(timeout: number, signal: AbortSignal): Promise<void> {
    const { topic } = await this.#open();
    const options: CallOptions = { timeout, retry: null };
    const found = await topic.iam.testPermissions([PUBLISH], options).then(
      ([granted]) => (granted as Readonly<Record<string, boolean>>)[PUBLISH] === true,
      (error: unknown) => {
        // Google's emulator knows no permissions.
        if (isUnimplemented(error)) return undefined;
        throw error;
      },
    );
    if (found === true) return;
    // Of a topic that is not there, a process has no permissions either.
    await this.#request('getTopic', {}, timeout, signal);
    if (found === false) throw new MayNotPublish();
  }

  async #request(
    method: 'publish' | 'getTopic',
    input: object,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { topic, name } = await this.#open();
    // It may have been given up while the client was opened.
    signal.throwIfAborted();
    const gaxOpts: CallOptions = { timeout, retry: null };
    const config = { client: 'PublisherClient', method, reqOpts: { topic: name, ...input }, gaxOpts };
    await new Promise<void>((resolve, reject) => {
      const answered = (error: Error | null) => (error === null ? resolve() : reject(error));
      topic.request(config as never, answered as never);
    });
  }

  async #open(): Promise<{ readonly topic: PubsubTopic; readonly name: string }> {
    const { client, project } = await this.#client.open();
    const name = fullName('topics', this.#resource, project);
    return { topic: (this.#topic ??= client.topic(name)), name };
  }
}
