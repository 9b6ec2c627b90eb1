import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sqsClient } from './sqs.ts';

/** True if Python's moto is installed, which is a third implementation of SQS. */
export const hasMoto = spawnSync('moto_server', ['--help']).status === 0;

/** moto in a process of its own. It has no way to be emptied, so each test makes queues of its own. */
export class Moto implements AsyncDisposable {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #clients: SQSClient[] = [];

  constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.endpoint = endpoint;
  }

  static async start(): Promise<Moto> {
    const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    for await (const [chunk] of lines(child)) {
      text += String(chunk);
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (address !== undefined) return new Moto(child, address);
    }
    throw new Error(`moto_server has not started: ${text}`);
  }

  async createQueue(QueueName: string): Promise<{ readonly url: string }> {
    const Attributes = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    const { QueueUrl } = await this.client().send(new CreateQueueCommand({ QueueName, Attributes }));
    return { url: QueueUrl! };
  }

  client(): SQSClient {
    const client = sqsClient(this.endpoint);
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** Yields what a process writes to stderr, until it ends. */
async function* lines(child: ChildProcess): AsyncGenerator<[Buffer]> {
  const ended = once(child, 'exit').then(() => undefined);
  for (;;) {
    const chunk = await Promise.race([once(child.stderr!, 'data') as Promise<[Buffer]>, ended]);
    if (chunk === undefined) return;
    yield chunk;
  }
}
