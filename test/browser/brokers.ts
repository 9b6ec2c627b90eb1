import { Fauxqs } from '../servers/fauxqs.ts';
import { PROJECT, PubsubServer } from '../servers/pubsub.ts';
import { queueVariables } from './shop.ts';

/** A test's broker, with queues for one shop. */
export interface ShopQueues extends AsyncDisposable {
  /** The environment variables that make a shop use these queues instead of its own. */
  readonly variables: Readonly<Record<string, string>>;
  /** Returns the names of the events that were sent to the worker. */
  sent(): readonly string[];
  /** The names that the page shows for these queues. */
  readonly forwarder: string;
  readonly replies: string;
}

/** A broker that the playground knows. */
export interface Broker {
  readonly name: string;
  /** The arguments that make the playground start a server of this broker. */
  readonly args: readonly string[];
  /** The names that the page shows for the forwarder to the worker, and for the queue of replies. */
  readonly forwarder: string;
  readonly replies: string;
  /** The file whose code the page shows. */
  readonly file: string;
  start(): Promise<ShopQueues>;
}

const typeOf = (text: string): string => (JSON.parse(text) as { type: string }).type;

export const BROKERS: readonly Broker[] = [
  {
    name: 'SQS',
    args: [],
    forwarder: 'sqs/orders',
    replies: 'replies',
    file: 'server/queues/sqs.ts',
    async start() {
      const server = await Fauxqs.start();
      return {
        variables: queueVariables(server),
        sent: () => server.bodies('shop-orders').map(typeOf),
        forwarder: 'sqs/shop-orders',
        replies: 'shop-replies',
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
  },
  {
    name: 'Pub/Sub',
    args: ['--pubsub'],
    forwarder: 'pubsub/orders',
    replies: 'orders-replies',
    file: 'server/queues/pubsub.ts',
    async start() {
      const server = await PubsubServer.start();
      server.subscribe('shop', 'shop-worker');
      server.subscribe('shop-replies', 'shop-replies');
      return {
        variables: {
          PUBSUB_TOPIC: 'shop',
          PUBSUB_EMULATOR_HOST: server.address,
          GOOGLE_CLOUD_PROJECT: PROJECT,
        },
        sent: () => server.log.flatMap((it) => (it.topic === 'shop' ? typeOf(it.data) : [])),
        forwarder: 'pubsub/shop',
        replies: 'shop-replies',
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
];

/** Returns a story's lines with the names of a broker's queues. Stories are written with the shop's own SQS queues. */
export function withNames(
  lines: readonly string[],
  { forwarder, replies }: Pick<Broker, 'forwarder' | 'replies'>,
): readonly string[] {
  const [system, topic] = forwarder.split('/') as [string, string];
  // Pub/Sub reads from a subscription.
  const read = system === 'pubsub' ? `${topic}-worker` : topic;
  return lines.map((line) =>
    line
      .replace('sqs/orders: sent to orders', `${forwarder}: sent to ${topic}`)
      .replace('sqs/replies: sent to replies', `${system}/${replies}: sent to ${replies}`)
      .replace('from orders:', `from ${read}:`)
      .replace('from replies:', `from ${replies}:`),
  );
}
