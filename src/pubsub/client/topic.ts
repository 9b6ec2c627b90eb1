import { untilAborted } from '../../queue/until-aborted.ts';
import { callOptions } from './call-options.ts';
import { isUnimplemented } from './errors.ts';
import { LazyClient } from './lazy-client.ts';
import type { PubsubMessage } from './message.ts';
import { fullName, type Resource } from './resource.ts';
import type { PubsubClient, PubsubTopic } from './types.ts';

const PUBLISH = 'pubsub.topics.publish';

/** The error of a process without the permission to publish. Its code is gRPC's PERMISSION_DENIED. */
class MayNotPublish extends Error {
  override readonly name = 'MayNotPublish';
  readonly code = 7;

  constructor() {
    super(`it lacks the permission ${PUBLISH}`);
  }
}

/** The requests to one topic. Each is one attempt with a time limit in ms, and rejects as the client does. */
export class TopicRequests {
  readonly #resource: Resource;
  readonly #client: LazyClient<PubsubClient>;
  #topic: { readonly of: PubsubClient; readonly topic: PubsubTopic } | undefined;
  /** The topic's name: the full one, once its project is known. */
  name: string;

  constructor(resource: Resource, client: PubsubClient | undefined) {
    this.#resource = resource;
    this.#client = new LazyClient(client, resource.project);
    this.name = resource.project === undefined ? resource.id : fullName('topics', resource, '');
  }

  get id(): string {
    return this.#resource.id;
  }

  /**
   * Sends messages of one ordering key in one request. The client's own queues would mix them with others, and keep trying
   * for ten minutes.
   */
  publish(messages: readonly PubsubMessage[], time: number, signal: AbortSignal): Promise<void> {
    return untilAborted(this.#request('publish', { messages }, time, signal), signal);
  }

  /** Checks that the topic is there, and may be published to. */
  verify(time: number, signal: AbortSignal): Promise<void> {
    return untilAborted(this.#verify(time, signal), signal);
  }

  /** Closes the client that was made here. A later request makes another. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  async #verify(time: number, signal: AbortSignal): Promise<void> {
    const mayPublish = await this.#mayPublish(time, signal);
    if (mayPublish === true) return;
    // The topic itself is checked too, because a missing topic grants no permissions either.
    await this.#request('getTopic', {}, time, signal);
    if (mayPublish === false) throw new MayNotPublish();
  }

  /** Returns whether the process may publish, or `undefined` if the server, such as Google's emulator, has no permissions. */
  async #mayPublish(time: number, signal: AbortSignal): Promise<boolean | undefined> {
    const topic = await this.#open();
    try {
      const [granted] = await topic.iam.testPermissions([PUBLISH], callOptions(time, signal));
      return (granted as Readonly<Record<string, boolean>>)[PUBLISH] === true;
    } catch (error) {
      if (isUnimplemented(error)) return undefined;
      throw error;
    }
  }

  async #request(
    method: 'publish' | 'getTopic',
    input: object,
    time: number,
    signal: AbortSignal,
  ): Promise<void> {
    const until = performance.now() + time;
    const topic = await this.#open();
    // The call may have been given up while the client was opened.
    signal.throwIfAborted();
    const config = {
      client: 'PublisherClient',
      method,
      reqOpts: { topic: this.name, ...input },
      gaxOpts: callOptions(until - performance.now(), signal),
    };
    await new Promise<void>((resolve, reject) => {
      const answered = (error: Error | null) => (error === null ? resolve() : reject(error));
      topic.request(config as never, answered as never);
    });
  }

  async #open(): Promise<PubsubTopic> {
    const { client, project } = await this.#client.open();
    this.name = fullName('topics', this.#resource, project);
    if (this.#topic?.of !== client) this.#topic = { of: client, topic: client.topic(this.name) };
    return this.#topic.topic;
  }
}
