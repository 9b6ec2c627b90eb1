import { Duration, type PubSub } from '@google-cloud/pubsub';
import { consumerWith } from '../../src/pubsub/consumer.ts';
import { pubsubConsumer, type PubsubConsumerOptions } from '../../src/pubsub/index.ts';
import { orderIn, shipper, textOf, type CommonOptions, type Order } from '../queue/worker.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import type { LogEntry, SubscriptionConfig } from '../servers/pubsub/types.ts';
import { until } from '../setup/async.ts';

/** The options with which a test starts its worker. */
export interface WorkerOptions extends CommonOptions {
  readonly consumer?: Partial<PubsubConsumerOptions>;
  /** The time after which places are opened for other keys, in ms. Default: the consumer's own. */
  readonly patience?: number | undefined;
}

/** Makes a worker of a subscription. */
export function workerOf(client: PubSub, { consumer, patience, ...common }: WorkerOptions = {}) {
  const options = { subscription: 'worker', client, ...consumer };
  return shipper(common, (bus) =>
    patience === undefined ? pubsubConsumer(bus, options) : consumerWith(patience, bus, options),
  );
}

/** Returns the same client with shorter deadlines, because the consumer's own take many seconds. */
export function withDeadline(client: PubSub, seconds: number): PubSub {
  const deadline = Duration.from({ milliseconds: seconds * 1000 });
  return Object.create(client, {
    subscription: {
      value: (name: string, options: object) =>
        client.subscription(name, { ...options, minAckDeadline: deadline, maxAckDeadline: deadline }),
    },
  }) as PubSub;
}

/** Starts a server with one subscription. Its workers stop with it. */
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
        .map(({ action, ackId, at, seconds, data }) => ({
          action,
          ackId,
          at,
          seconds,
          order: orderIn(data),
        })),
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
