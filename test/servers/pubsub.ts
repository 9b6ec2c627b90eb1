import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { PubSub, type ClientConfig } from '@google-cloud/pubsub';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type StatusObject,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { PubsubError, type CodeName } from './pubsub/errors.ts';
import { throwIfCode, type Faults, type PubsubRequest } from './pubsub/faults.ts';
import { policyOf, publisherOf, subscriberOf } from './pubsub/operations.ts';
import { IAMPolicy, Publisher, Subscriber } from './pubsub/protos.ts';
import { Stream } from './pubsub/receivers.ts';
import { State } from './pubsub/state.ts';
import type { Subscription } from './pubsub/subscription.ts';
import type { Input, LogEntry, StreamInput, SubscriptionConfig } from './pubsub/types.ts';

export const PROJECT = 'test';

// Without this the client asks the network whether it runs on Google's cloud, and warns that nobody answers.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

/** Makes a real client of a server at an address such as `127.0.0.1:8085`, without credentials. */
export function pubsubClient(address: string, config: ClientConfig = {}): PubSub {
  return new PubSub({ projectId: PROJECT, apiEndpoint: address, emulatorMode: true, ...config });
}

/**
 * A Pub/Sub server in this process, over gRPC, with faults on demand. It keeps its state while it is away.
 *
 * @example
 * await using server = await PubsubServer.start();
 * const subscription = server.subscribe('orders', 'worker');
 * server.faults.failNext('publish', 'UNAVAILABLE', 3);
 */
export class PubsubServer implements AsyncDisposable {
  readonly state = new State();
  readonly requests: PubsubRequest[] = [];
  readonly #clients: PubSub[] = [];
  readonly #streams = new Set<Stream>();
  readonly #sockets = new Map<string, Socket>();
  readonly #grpc = new Server({ 'grpc.max_receive_message_length': 32 * 2 ** 20 });
  readonly #connections = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure());
  #server: NetServer | undefined;
  #port = 0;

  private constructor() {
    this.#grpc.addService(Publisher.service, this.#unary(publisherOf(this.state)));
    this.#grpc.addService(IAMPolicy.service, this.#unary(policyOf(this.state)));
    this.#grpc.addService(Subscriber.service, {
      ...this.#unary(subscriberOf(this.state)),
      streamingPull: (call: ServerDuplexStream<StreamInput, object>) => this.#openStream(call),
    });
  }

  static async start(): Promise<PubsubServer> {
    const server = new PubsubServer();
    await server.comeBack();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get faults(): Faults {
    return this.state.faults;
  }

  /** Everything that happened to messages, in order. */
  get log(): LogEntry[] {
    return this.state.log;
  }

  /** The number of open streams. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Makes a topic by its ID, unless it exists already. Returns its full name. */
  createTopic(topic: string): string {
    const name = `projects/${PROJECT}/topics/${topic}`;
    if (!this.state.topics.has(name)) this.state.topics.set(name, { name });
    return name;
  }

  /** Makes a subscription by the IDs of its topic and itself. Also makes the topic if there is none. */
  subscribe(topic: string, subscription: string, config: Partial<SubscriptionConfig> = {}): Subscription {
    return this.state.subscribe({
      ackDeadlineSeconds: 10,
      filter: '',
      enableMessageOrdering: false,
      enableExactlyOnceDelivery: false,
      retainAckedMessages: false,
      deadLetterPolicy: null,
      retryPolicy: null,
      ...config,
      name: `projects/${PROJECT}/subscriptions/${subscription}`,
      topic: this.createTopic(topic),
    });
  }

  /** Publishes a text, without a client. Returns the id of the message. */
  publish(topic: string, text: string, orderingKey = ''): string {
    const more = { attributes: {}, messageId: '', publishTime: null, orderingKey };
    return this.state.accept(this.createTopic(topic), { data: Buffer.from(text), ...more });
  }

  /** Makes a real client of this server, which is closed with it. */
  client(config?: ClientConfig): PubSub {
    const client = pubsubClient(this.address, config);
    this.#clients.push(client);
    return client;
  }

  /** Ends the open streams, as Google does from time to time. */
  endStreams(code: CodeName = 'UNAVAILABLE'): void {
    for (const stream of this.#streams) stream.end(new PubsubError(code, 'made to end'));
  }

  /** Ends all connections, and refuses new ones. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const socket of this.#sockets.values()) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.goAway();
    for (const subscription of this.state.subscriptions.values()) subscription.stop();
    this.#grpc.forceShutdown();
  }

  #accept(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    socket.once('close', () => this.#sockets.delete(peer));
    this.#connections.injectConnection(socket);
  }

  #unary(operations: ReturnType<typeof publisherOf>) {
    const handlers = Object.entries(operations).map(([operation, run]) => {
      const answer = (call: ServerUnaryCall<Input, object>, reply: sendUnaryData<object>) =>
        void this.#answer(operation, run, call).then(
          (response) => response && reply(null, response),
          (error: Error) => reply(error instanceof PubsubError ? error.toStatus() : internal(error)),
        );
      return [operation, answer] as const;
    });
    return Object.fromEntries(handlers);
  }

  /** Returns the response of a request, or undefined if there is none. */
  async #answer(
    operation: string,
    run: (input: Input, isCancelled: () => boolean) => unknown,
    call: ServerUnaryCall<Input, object>,
  ): Promise<object | undefined> {
    const request = this.#received(operation, call.request);
    await this.faults.whenFree(request);
    // A client that has given up while its request was held has sent nothing.
    if (call.cancelled) return undefined;
    const fault = this.faults.take(request);
    throwIfCode(fault);
    if (fault === 'drop before') this.#drop(call.getPeer());
    if (fault === 'drop before') return undefined;
    const response = await run(call.request, () => call.cancelled);
    await this.faults.whenAnswerIsFree(request);
    if (fault === 'drop after') this.#drop(call.getPeer());
    if (fault === 'drop after' || fault === 'never answer') return undefined;
    if (fault === 'lose response') throw new PubsubError('UNAVAILABLE', 'The response was lost.');
    return response as object;
  }

  #openStream(call: ServerDuplexStream<StreamInput, object>): void {
    let stream: Stream | undefined;
    const leave = () => {
      if (stream === undefined || !this.#streams.delete(stream)) return;
      stream.leave();
    };
    const open = async (input: StreamInput) => {
      const request = this.#received('streamingPull', input);
      await this.faults.whenFree(request);
      if (call.cancelled) return;
      const fault = this.faults.take(request);
      throwIfCode(fault);
      if (fault === 'never answer') return;
      if (fault !== undefined) return this.#drop(call.getPeer());
      call.sendMetadata(new Metadata());
      stream = new Stream(call, input, this.state);
      this.#streams.add(stream);
    };
    let opened: Promise<void> | undefined;
    call.on('data', (input: StreamInput) => {
      if (opened === undefined) opened = open(input).catch((error: Error) => void call.emit('error', error));
      else void opened.then(() => stream?.next(input));
    });
    call.on('end', () => {
      leave();
      call.end();
    });
    for (const event of ['cancelled', 'error', 'close']) call.on(event, leave);
  }

  #received(operation: string, input: PubsubRequest['input']): PubsubRequest {
    const request = { operation, input, at: Date.now() };
    this.requests.push(request);
    return request;
  }

  #drop(peer: string): void {
    this.#sockets.get(peer)?.destroy();
  }
}

function internal(error: Error): Partial<StatusObject> {
  return { code: status.INTERNAL, details: String(error.stack) };
}
