import { pubsubForwarder, type PubsubForwarderOptions } from '../../src/pubsub/index.ts';
import { numberIn, shopOf } from '../queue/shop.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import type { WireMessage } from '../servers/pubsub/types.ts';

export const numbersIn = (messages: readonly WireMessage[] = []): number[] =>
  messages.map(({ data }) => numberIn(data));

/** Settings that make a client reconnect soon, as the client that a forwarder makes does. */
const RECONNECT: object = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
};

/** Starts a server with a topic, and a bus that forwards everything to it. Keys of events are ordering keys. */
export async function stage(options: Partial<PubsubForwarderOptions> = {}) {
  const server = await PubsubServer.start();
  server.createTopic('orders');
  const forwarder = pubsubForwarder({
    topic: 'orders',
    client: server.client(RECONNECT),
    orderingKey: ({ key }) => key,
    ...options,
  });
  const shop = shopOf(forwarder);
  const requests = () => server.requests.filter(({ operation }) => operation === 'publish');
  return {
    ...shop,
    server,
    forwarder,
    /** Returns the numbers of the events that the topic took, in order. */
    sent: () => server.log.filter(({ action }) => action === 'publish').map(({ data }) => numberIn(data)),
    /** Returns the numbers of the events in each publish request. */
    batches: () => requests().map(({ input }) => numbersIn(input.messages)),
    /** Returns the messages of all publish requests. */
    messages: () => requests().flatMap(({ input }) => input.messages ?? []),
    async [Symbol.asyncDispose]() {
      await shop.bus.close({ timeout: 2000 }).catch(() => {});
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Fails a request that has one of these events in it. */
export const ifHas =
  <F>(fault: F, ...bad: readonly number[]) =>
  ({ input: { messages } }: { readonly input: { readonly messages?: readonly WireMessage[] } }) =>
    numbersIn(messages).some((n) => bad.includes(n)) ? fault : undefined;
