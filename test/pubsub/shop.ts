import {
  defineEvents,
  initEvents,
  type DeadLetter,
  type ErrorReport,
  type EventsError,
  type SendInfo,
} from '../../src/index.ts';
import { pubsubForwarder, type PubsubForwarderOptions } from '../../src/pubsub/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { z } from 'zod';
import { PubsubServer } from '../servers/pubsub.ts';
import type { WireMessage } from '../servers/pubsub/types.ts';

export const catalog = defineEvents({
  'order.placed': z.object({ n: z.number(), text: z.string().optional() }),
  'order.shipped': z.object({ n: z.number() }),
});
export const e = initEvents.create(catalog);

const codec = cloudEvents();
/** Returns the `n` of the event in a message. */
export const numberIn = (data: Buffer | string): number =>
  (codec.decode(String(data)).payload as { n: number }).n;
export const numbersIn = (messages: readonly WireMessage[] = []): number[] =>
  messages.map(({ data }) => numberIn(data));

/** Makes the channels of a client come back soon, as those that a forwarder makes do. */
const RECONNECT: object = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
};

/** A server with a topic, and a bus that forwards everything to it. Keys of events are ordering keys. */
export async function stage(options: Partial<PubsubForwarderOptions> = {}) {
  const server = await PubsubServer.start();
  server.createTopic('orders');
  const forwarder = pubsubForwarder({
    topic: 'orders',
    client: server.client(RECONNECT),
    orderingKey: ({ key }) => key,
    ...options,
  });
  const errors: ErrorReport[] = [];
  const letters: DeadLetter[] = [];
  const sends: SendInfo[] = [];
  const bus = e.bus({
    handlers: [forwarder],
    onError: (report) => void errors.push(report),
    deadLetter: (letter) => void letters.push(letter),
    observers: [{ name: 'sends', wrapSend: (info, run) => (sends.push(info), void run()) }],
  });
  const requests = () => server.requests.filter(({ operation }) => operation === 'publish');
  return {
    server,
    forwarder,
    bus,
    errors,
    letters,
    sends,
    /** The numbers of the events that the topic took, in order. */
    sent: () => server.log.filter(({ action }) => action === 'publish').map(({ data }) => numberIn(data)),
    /** The numbers of the events in each publish request. */
    batches: () => requests().map(({ input }) => numbersIn(input.messages)),
    /** The messages of all publish requests. */
    messages: () => requests().flatMap(({ input }) => input.messages ?? []),
    /** Returns the errors of the events that the forwarder gave up, by the numbers of the events. */
    failed: () =>
      new Map(
        errors.map(({ error, event }) => [(event!.payload as { n: number }).n, error.cause as EventsError]),
      ),
    /** Sends events of one flush. Resolves when the forwarder is done. */
    flush: (count: number, keyOf: (n: number) => string | undefined = () => undefined, from = 0) =>
      bus
        .scope(({ dispatch }) => {
          for (let n = from; n < from + count; n++) dispatch('order.placed', { n }, { key: keyOf(n) });
        })
        .then(() => bus.drain()),
    async [Symbol.asyncDispose]() {
      await bus.close({ timeout: 2000 }).catch(() => {});
      await server[Symbol.asyncDispose]();
    },
  };
}

export const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
export const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);
/** Fails a request that has one of these events in it. */
export const ifHas =
  <F>(fault: F, ...bad: readonly number[]) =>
  ({ input: { messages } }: { readonly input: { readonly messages?: readonly WireMessage[] } }) =>
    numbersIn(messages).some((n) => bad.includes(n)) ? fault : undefined;
