import type { SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { sqsClient } from './sqs.ts';

/** An SQS server by another author, in this process, with queue URLs that name its address. */
export class Fauxqs implements AsyncDisposable {
  readonly endpoint: string;
  readonly #server: FauxqsServer;
  readonly #clients: SQSClient[] = [];

  constructor(server: FauxqsServer) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${server.port}`;
  }

  static async start(options: { readonly port?: number; readonly dataDir?: string } = {}): Promise<Fauxqs> {
    return new Fauxqs(await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, ...options }));
  }

  createQueue(name: string, attributes: Readonly<Record<string, string>> = {}): { readonly url: string } {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    this.#server.createQueue(name, { attributes: { ...fifo, ...attributes } });
    return { url: `${this.endpoint}/000000000000/${name}` };
  }

  /** Returns the bodies of the messages that can be received, in order. */
  bodies(name: string): readonly string[] {
    return this.#server.inspectQueue(name)?.messages.ready.map(({ body }) => body) ?? [];
  }

  /** Returns true if the queue has no message, at work or not. */
  isEmpty(name: string): boolean {
    const { ready, delayed, inflight } = this.#server.inspectQueue(name)!.messages;
    return ready.length + delayed.length + inflight.length === 0;
  }

  client(): SQSClient {
    const client = sqsClient(this.endpoint);
    this.#clients.push(client);
    return client;
  }

  /** Ends the server, but not its clients. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.stop();
  }
}
