import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { sqsConsumer, type SqsConsumerOptions } from '../../src/sqs/index.ts';
import { orderIn, shipper, textOf, type CommonOptions, type Order } from '../queue/worker.ts';
import { SqsServer } from '../servers/sqs.ts';
import type { LogEntry } from '../servers/sqs/types.ts';
import { pause, until } from '../setup/async.ts';

/** The options with which a test starts its worker. */
export interface WorkerOptions extends CommonOptions {
  readonly consumer?: Partial<SqsConsumerOptions>;
}

/** Makes a worker of a queue. */
export function workerOf(
  queueUrl: string,
  client: SQSClient,
  { consumer: options, ...common }: WorkerOptions = {},
) {
  return shipper(common, (bus) => sqsConsumer(bus, { queueUrl, client, waitTimeSeconds: 1, ...options }));
}

/** A message, in the parts that the tests set. */
export interface SqsOrder extends Order {
  readonly attributes?: SendMessageBatchRequestEntry['MessageAttributes'];
}

/** Sends orders to a queue, ten at a time, in order. */
export async function send(client: SQSClient, QueueUrl: string, orders: readonly SqsOrder[]): Promise<void> {
  const isFifo = QueueUrl.endsWith('.fifo');
  for (let at = 0; at < orders.length; at += 10) {
    const Entries = orders.slice(at, at + 10).map(({ text, attributes, ...order }, i) => ({
      Id: String(i),
      MessageBody: text ?? textOf(order),
      MessageAttributes: attributes,
      MessageGroupId: isFifo ? (order.key ?? 'all') : order.key,
      MessageDeduplicationId: isFifo ? order.id : undefined,
    }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`Not sent: ${Failed[0]!.Message}`);
  }
}

/** Starts a server with one queue and a client. Its workers stop with it. */
export async function stage(queueName = 'orders', attributes?: Readonly<Record<string, string>>) {
  const server = await SqsServer.start();
  const queue = server.createQueue(queueName, attributes);
  const client = server.client();
  const workers: ReturnType<typeof workerOf>[] = [];
  return {
    server,
    queue,
    client,
    /** Makes a worker, and starts it unless told not to. */
    async worker(options: WorkerOptions & { isIdle?: boolean } = {}) {
      const worker = workerOf(queue.url, client, options);
      workers.push(worker);
      if (options.isIdle !== true) await worker.consumer.start();
      return worker;
    },
    send: (list: readonly SqsOrder[]) => send(client, queue.url, list),
    /** Returns what happened to the messages, by their ids. The sends are left out. */
    log: (action?: LogEntry['action']) =>
      server.log
        .filter((entry) => entry.action !== 'send' && (action === undefined || entry.action === action))
        .map(({ action, messageId, at, seconds, body }) => ({
          action,
          messageId,
          at,
          seconds,
          order: orderIn(body),
        })),
    /** Waits until the queue has no message. */
    empty: (timeout = 10_000) => until(() => queue.messages.length === 0, timeout),
    async [Symbol.asyncDispose]() {
      const stopped = Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]().catch(() => {})));
      // The server ends the open polls, because waiting for them to end by themselves would take too long.
      await pause(20);
      await server[Symbol.asyncDispose]();
      await stopped;
    },
  };
}
