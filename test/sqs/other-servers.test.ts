/** Tests the consumer on servers by other authors. The skips in test/servers/ show how these deviate from SQS. */
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { Fauxqs } from '../servers/fauxqs.ts';
import { hasMoto, Moto } from '../servers/moto.ts';
import { orders } from '../queue/worker.ts';
import { send, workerOf, type WorkerOptions } from './worker.ts';
import { pause, until } from '../setup/async.ts';

interface OtherServer {
  createQueue(name: string): { readonly url: string } | Promise<{ readonly url: string }>;
  client(): SQSClient;
}

async function stageOn(server: OtherServer, name: string, options: WorkerOptions) {
  const { url } = await server.createQueue(name);
  const client = server.client();
  const worker = workerOf(url, client, options);
  return {
    worker,
    send: (list: Parameters<typeof send>[2]) => send(client, url, list),
    isEmpty: async () => {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
      ] as const;
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
      );
      return AttributeNames.every((key) => Attributes[key] === '0');
    },
    async [Symbol.asyncDispose]() {
      // A listener that ignores its signal may keep the bus from closing.
      await worker[Symbol.asyncDispose]().catch(() => {});
    },
  };
}

const SERVERS = [
  { name: 'fauxqs', start: () => Fauxqs.start(), why: undefined },
  { name: 'moto', start: () => Moto.start(), why: hasMoto ? undefined : 'moto is not installed' },
];
const started = new Map<string, Promise<OtherServer & AsyncDisposable>>();
afterAll(async () => {
  for (const server of started.values()) await (await server)[Symbol.asyncDispose]();
});

describe.each(SERVERS)('$name', ({ name: server, start, why }) => {
  const stage = async (queue: string, options: WorkerOptions) => {
    const running = started.get(server) ?? start();
    started.set(server, running);
    return stageOn(await running, queue, options);
  };
  const test = (words: string, run: () => Promise<void>) =>
    it.skipIf(why !== undefined)(why === undefined ? words : `${words} (skipped: ${why})`, run, 30_000);

  test('A handled message is deleted, and one that fails comes again after retryDelay.', async () => {
    const runs: string[] = [];
    await using scene = await stage('orders', {
      work: (id) => { runs.push(id); if (id === 'o3' && runs.filter((run) => run === id).length === 1) throw new Error('down'); }, // prettier-ignore
      consumer: { retryDelay: () => 1 },
    });
    await scene.send(orders(10));
    await scene.worker.consumer.start();
    await until(() => scene.worker.consumer.status.acknowledged === 10);
    await expect.poll(scene.isEmpty).toBe(true);
    expect(runs.toSorted()).toEqual([...orders(10).map(({ id }) => id), 'o3'].toSorted()); // prettier-ignore
    expect(scene.worker.texts).toEqual([]);
  });

  test('FIFO: one of a group at a time, in order, after a failure too.', async () => {
    const runs: string[] = [];
    await using scene = await stage('orders.fifo', {
      work: (id) => { runs.push(id); if (id === 'o4' && runs.filter((run) => run === id).length === 1) throw new Error('down'); }, // prettier-ignore
      consumer: { retryDelay: () => 1 },
    });
    await scene.send(orders(10, (i) => `group-${i % 2}`));
    await scene.worker.consumer.start();
    await until(() => scene.worker.consumer.status.acknowledged === 10);
    const of = (parity: number) => runs.filter((id) => Number(id.slice(1)) % 2 === parity);
    expect(of(0)).toEqual(['o0', 'o2', 'o4', 'o4', 'o6', 'o8']);
    expect(of(1)).toEqual(['o1', 'o3', 'o5', 'o7', 'o9']);
  });

  test('A listener of three visibilities runs once, and stop gives back what it holds.', async () => {
    const runs: string[] = [];
    await using scene = await stage('slow', {
      work: (id) => (runs.push(id), pause(id === 'o0' ? 3100 : 60_000)),
      consumer: { visibilityTimeout: 1 },
    });
    await scene.send(orders(2));
    await scene.worker.consumer.start();
    await until(() => scene.worker.consumer.status.acknowledged === 1);
    expect(runs.toSorted()).toEqual(['o0', 'o1']); // prettier-ignore
    await scene.worker.consumer.stop({ timeout: 2000 });
    expect(scene.worker.consumer.status).toMatchObject({ state: 'stopped', inFlight: 0 });
  });
});
