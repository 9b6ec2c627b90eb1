import { isObject } from '../../core/words/guards.ts';
import { NoProject } from './errors.ts';
import type { PubsubAuth } from './types.ts';

type Sdk = typeof import('@google-cloud/pubsub');

/** A client that can be used. */
export interface OpenedClient<C extends PubsubAuth> {
  readonly client: C;
  /** The project of topics and subscriptions whose names don't include one. */
  readonly project: string;
}

/**
 * Lets a channel reconnect soon after its server is back. By default gRPC waits for up to 120 s between two attempts to
 * connect.
 */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1000 };

/**
 * The client of one forwarder or one consumer: the application's own, or one that is made from the environment when it is
 * first needed. The package is loaded then, since that takes 260 ms.
 */
export class LazyClient<C extends PubsubAuth> {
  readonly #given: C | undefined;
  readonly #project: string | undefined;
  #own: (C & { close(): Promise<void> }) | undefined;
  #opened: OpenedClient<C> | undefined;

  /** Takes the application's own client, if any, and the project in the name of the topic or the subscription, if any. */
  constructor(given: C | undefined, project: string | undefined) {
    this.#given = given;
    this.#project = project;
  }

  /** Returns the client. Rejects as the client does, or if the package, the project or credentials are missing. */
  async open(): Promise<OpenedClient<C>> {
    return this.#opened ?? (await this.#open());
  }

  /** Closes the client that was made here. A later `open` makes another. */
  async close(): Promise<void> {
    const own = this.#own;
    this.#own = undefined;
    this.#opened = undefined;
    await own?.close();
  }

  async #open(): Promise<OpenedClient<C>> {
    const client = this.#given ?? this.#own ?? (await this.#make());
    const project = await client.auth.getProjectId().catch((cause: unknown) => {
      throw new NoProject(cause);
    });
    // Without credentials a request would end the process, because the client rejects a promise that nobody handles.
    if (needsCredentials(client)) await client.auth.getClient();
    const opened = { client, project };
    // The client may have been closed meanwhile.
    if (client === this.#given || client === this.#own) this.#opened = opened;
    return opened;
  }

  async #make(): Promise<C> {
    // The rejection handler makes bundlers treat the package as optional, because a push route doesn't need it.
    const sdk: Sdk = await import('@google-cloud/pubsub').catch((error: unknown) =>
      Promise.reject(error as Error),
    );
    const projectId = this.#project === undefined ? {} : { projectId: this.#project };
    // The real client has all that any of the narrower types ask for.
    return (this.#own ??= new sdk.PubSub({ ...projectId, ...RECONNECT }) as never);
  }
}

/** Returns false for a client of an emulator, and for one whose channel has credentials of its own. */
function needsCredentials(client: object): boolean {
  if ('isEmulator' in client && client.isEmulator === true) return false;
  const options = 'options' in client && isObject(client.options) ? client.options : {};
  return options['sslCreds'] === undefined;
}
