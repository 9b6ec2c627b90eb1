import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { SqsError } from './sqs/errors.ts';
import { Faults } from './sqs/faults.ts';
import { operationsOf } from './sqs/operations.ts';
import { Queue } from './sqs/queue.ts';
import type { Input, LogEntry } from './sqs/types.ts';

/** A request as it came in, even if it failed. */
export interface SqsRequest {
  readonly operation: string;
  readonly input: Input;
  readonly at: number;
}

/** Makes a real client of a server at an address, without retries of its own. */
export function sqsClient(endpoint: string, config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...config,
  });
}

/**
 * An SQS server in this process: AWS JSON protocol over HTTP, with faults on demand. It keeps its state while it is away.
 *
 * @example
 * await using server = await SqsServer.start();
 * const queue = server.createQueue('orders');
 * server.faults.failNext('SendMessageBatch', 'throttle', 3);
 */
export class SqsServer implements AsyncDisposable {
  readonly faults = new Faults();
  readonly queues = new Map<string, Queue>();
  /** Everything that happened to messages, in order. */
  readonly log: LogEntry[] = [];
  readonly requests: SqsRequest[] = [];
  readonly #clients: SQSClient[] = [];
  readonly #operations = operationsOf({
    queues: this.queues,
    log: this.log,
    faults: this.faults,
    origin: () => this.endpoint,
  });
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<SqsServer> {
    const server = new SqsServer();
    await server.comeBack();
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  createQueue(name: string, attributes?: Readonly<Record<string, string>>): Queue {
    const queue = new Queue(name, this.endpoint, this, attributes);
    this.queues.set(name, queue);
    return queue;
  }

  /** Makes a real client of this server, which is destroyed with it. */
  client(config?: SQSClientConfig): SQSClient {
    const client = sqsClient(this.endpoint, config);
    this.#clients.push(client);
    return client;
  }

  /** Ends all connections, and refuses new ones. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.goAway();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
    let status = 200;
    let body: unknown;
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
    };
    try {
      const input = JSON.parse((await textOf(request)) || '{}') as Input;
      this.requests.push({ operation, input, at: Date.now() });
      await this.faults.whenFree(input);
      // A client that has gone away while its request was held has sent nothing.
      if (request.socket.destroyed) return;
      const fault = this.faults.take(operation);
      this.faults.throwIfAnswer(fault);
      if (fault !== 'drop before') body = await this.#run(operation, input, request);
      if (fault === 'drop before' || fault === 'drop after') return void request.socket.destroy();
    } catch (error) {
      const answer = error instanceof SqsError ? error : internalError(error);
      status = answer.status;
      headers['x-amzn-query-error'] = `${answer.code};${status < 500 ? 'Sender' : 'Receiver'}`;
      body = { __type: `com.amazonaws.sqs#${answer.type}`, message: answer.message };
    }
    if (response.destroyed) return;
    response.writeHead(status, headers);
    response.end(JSON.stringify(body ?? {}));
  }

  #run(operation: string, input: Input, { socket }: IncomingMessage): unknown {
    const run = this.#operations[operation];
    if (run === undefined) throw new SqsError('UnsupportedOperation', operation);
    return run(input, socket);
  }
}

function internalError(error: unknown): SqsError {
  return new SqsError('InternalError', String(error), 'InternalError', 500);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
