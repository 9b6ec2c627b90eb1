import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type AnyEvent,
  type BusOptions,
  type ErrorReport,
} from '../../src/index.ts';
import { sqsConsumer, type SqsConsumerOptions } from '../../src/sqs/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import type { LogEntry } from '../servers/sqs/types.ts';
import { pause, until } from '../setup/async.ts';

export const catalog = defineEvents({
  'order.placed': z.object({ id: z.string(), key: z.string().optional() }),
  'mail.sent': z.object({ to: z.string() }),
});
export const e = initEvents.create(catalog);
export type Work = (id: string, tools: { signal: AbortSignal; key: string | undefined }) => unknown;
type Options = Partial<BusOptions<(typeof e)['~types']>>;

/** The options with which a test starts its worker. */
export interface WorkerOptions {
  readonly work?: Work;
  readonly bus?: Options;
  readonly consumer?: Partial<SqsConsumerOptions>;
}

/** Makes a bus whose one listener runs `work`, and a consumer of a queue for it. */
export function workerOf(
  queueUrl: string,
  client: SQSClient,
  { work = () => {}, bus: busOptions, consumer: options }: WorkerOptions = {},
) {
  const reports: ErrorReport[] = [];
  const router = e
    .router()
    .on('order.placed', ({ event, signal }) => work(event.payload.id, { signal, key: event.payload.key }), {
      name: 'ship',
    });
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    unhandled: 'ignore',
    ...busOptions,
  });
  const consumer = sqsConsumer(bus, { queueUrl, client, waitTimeSeconds: 1, ...options });
  return {
    bus,
    router,
    reports,
    consumer,
    /** The texts of the reports that go back to no failed listener. */
    get texts() {
      return reports
        .filter(({ error }) => error.code !== 'LISTENER_FAILED')
        .map(({ error }) => error.message);
    },
    async [Symbol.asyncDispose]() {
      await consumer.stop({ timeout: 3000 });
      await bus.close({ timeout: 1000 });
    },
  };
}

/** A message, in the parts that the tests set. */
export interface Order {
  readonly id: string;
  /** The group. */
  readonly key?: string;
  readonly text?: string;
  readonly attributes?: SendMessageBatchRequestEntry['MessageAttributes'];
}

export function textOf(
  { id, key }: { readonly id: string; readonly key?: string },
  over: object = {},
): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    type: 'order.placed',
    source: '/shop',
    time: '2026-01-01T00:00:00Z',
    data: { id, key },
    ...over,
  });
}

/** Sends orders to a queue, ten at a time, in order. */
export async function send(client: SQSClient, QueueUrl: string, orders: readonly Order[]): Promise<void> {
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

export const orders = (count: number, key?: (i: number) => string): readonly Order[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `o${i}`,
    ...(key !== undefined && { key: key(i) }),
  }));

/** A server with one queue and a client, and workers that stop with it. */
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
    send: (list: readonly Order[]) => send(client, queue.url, list),
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
      // Nobody waits for polls to end by themselves.
      await pause(20);
      await server[Symbol.asyncDispose]();
      await stopped;
    },
  };
}

function orderIn(body: string): string {
  try {
    return (JSON.parse(body) as AnyEvent).id;
  } catch {
    return body;
  }
}
