import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type DeadLetter,
  type ErrorReport,
  type EventsError,
  type SendInfo,
} from '../../src/index.ts';
import { sqsForwarder, type SqsForwarderOptions } from '../../src/sqs/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import type { LogEntry } from '../servers/sqs/types.ts';

export const catalog = defineEvents({
  'order.placed': z.object({ n: z.number(), text: z.string().optional(), at: z.date().optional() }),
  'order.shipped': z.object({ n: z.number() }),
});
export const e = initEvents.create(catalog);

const codec = cloudEvents();
/** Returns the `n` of the event in a message. */
export const numberIn = (body: string | undefined): number =>
  (codec.decode(body!).payload as { n: number }).n;

export interface StageOptions extends Partial<SqsForwarderOptions> {
  /** The name of the queue. Default: `orders`. */
  readonly queue?: string;
  readonly attributes?: SqsForwarderOptions['attributes'];
}

/** A server with a queue, and a bus that forwards everything to it. */
export async function stage({ queue: queueName = 'orders', ...options }: StageOptions = {}) {
  const server = await SqsServer.start();
  const queue = server.createQueue(queueName);
  const forwarder = sqsForwarder({
    queueUrl: queue.url,
    client: server.client(),
    retry: { minDelay: 1, maxDelay: 5 },
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
  const actions = (action: LogEntry['action']) =>
    server.log.filter((entry) => entry.action === action).map(({ body }) => numberIn(body));
  return {
    server,
    queue,
    forwarder,
    bus,
    errors,
    letters,
    sends,
    /** The numbers of the events that the queue took, in order. */
    sent: () => actions('send'),
    duplicates: () => actions('duplicate'),
    /** The numbers of the events in each request. */
    batches: () =>
      server.requests
        .filter(({ operation }) => operation === 'SendMessageBatch')
        .map(({ input }) => input.Entries!.map(({ MessageBody }) => numberIn(MessageBody))),
    /** The entries of all requests. */
    entries: () => server.requests.flatMap(({ input }) => input.Entries ?? []),
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
