import { Duration, type PubSub } from '@google-cloud/pubsub';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type AnyEvent,
  type BusOptions,
  type ErrorReport,
} from '../../src/index.ts';
import { consumerWith } from '../../src/pubsub/consumer.ts';
import { pubsubConsumer, type PubsubConsumerOptions } from '../../src/pubsub/index.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import type { LogEntry, SubscriptionConfig } from '../servers/pubsub/types.ts';
import { until } from '../setup/async.ts';

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
  readonly consumer?: Partial<PubsubConsumerOptions>;
  /** After how many ms places are opened for other keys. Default: the consumer's own. */
  readonly patience?: number | undefined;
}

/** Makes a bus whose one listener runs `work`, and a consumer of a subscription for it. */
export function workerOf(
  client: PubSub,
  { work = () => {}, bus: busOptions, consumer: options, patience }: WorkerOptions = {},
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
  const consumerOptions = { subscription: 'worker', client, ...options };
  const consumer =
    patience === undefined
      ? pubsubConsumer(bus, consumerOptions)
      : consumerWith(patience, bus, consumerOptions);
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
  /** The ordering key. */
  readonly key?: string;
  readonly text?: string;
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

export const orders = (count: number, key?: (i: number) => string): readonly Order[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `o${i}`,
    ...(key !== undefined && { key: key(i) }),
  }));

/** The same client with shorter deadlines: the consumer's own are of many seconds. */
export function withDeadline(client: PubSub, seconds: number): PubSub {
  const deadline = Duration.from({ milliseconds: seconds * 1000 });
  return Object.create(client, {
    subscription: {
      value: (name: string, options: object) =>
        client.subscription(name, { ...options, minAckDeadline: deadline, maxAckDeadline: deadline }),
    },
  }) as PubSub;
}

/** A server with one subscription, and workers that stop with it. */
export async function stage(config: Partial<SubscriptionConfig> = {}) {
  const server = await PubsubServer.start();
  server.state.lowestDeadline = 1;
  const subscription = server.subscribe('orders', 'worker', config);
  const workers: ReturnType<typeof workerOf>[] = [];
  return {
    server,
    subscription,
    /** Makes a worker, and starts it unless told not to. */
    async worker({
      isIdle = false,
      deadline,
      ...options
    }: WorkerOptions & { isIdle?: boolean; deadline?: number } = {}) {
      const client = server.client();
      const worker = workerOf(deadline === undefined ? client : withDeadline(client, deadline), options);
      workers.push(worker);
      if (!isIdle) await worker.consumer.start();
      return worker;
    },
    send(list: readonly Order[]): void {
      for (const { text, ...order } of list) server.publish('orders', text ?? textOf(order), order.key);
    },
    /** Returns what happened to the messages, by their ids. The sends are left out. */
    log: (action?: LogEntry['action']) =>
      server.log
        .filter((entry) => entry.action !== 'publish' && (action === undefined || entry.action === action))
        .map(({ action, ackId, at, data }) => ({ action, ackId, at, order: orderIn(data) })),
    /** The messages that are not acknowledged, by their ids. */
    get rest(): readonly string[] {
      const acked = new Set(this.log('ack').map(({ order }) => order));
      const sent = server.log.filter(({ action }) => action === 'publish').map(({ data }) => orderIn(data));
      return sent.filter((order) => !acked.has(order));
    },
    /** Waits until the subscription has no message. */
    empty(timeout = 10_000) {
      const isEmpty = () => subscription.counts.waiting + subscription.counts.out === 0;
      return until(isEmpty, timeout);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]().catch(() => {})));
      await server[Symbol.asyncDispose]();
    },
  };
}

function orderIn(data: string): string {
  try {
    return (JSON.parse(data) as AnyEvent).id;
  } catch {
    return data;
  }
}
