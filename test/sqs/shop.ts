import { sqsForwarder, type SqsForwarderOptions } from '../../src/sqs/index.ts';
import { numberIn, shopOf } from '../queue/shop.ts';
import { SqsServer } from '../servers/sqs.ts';
import type { LogEntry } from '../servers/sqs/types.ts';

export interface StageOptions extends Partial<SqsForwarderOptions> {
  /** The name of the queue. Default: `orders`. */
  readonly queue?: string;
  readonly attributes?: SqsForwarderOptions['attributes'];
}

/** Starts a server with a queue, and a bus that forwards everything to it. */
export async function stage({ queue: queueName = 'orders', ...options }: StageOptions = {}) {
  const server = await SqsServer.start();
  const queue = server.createQueue(queueName);
  const forwarder = sqsForwarder({
    queueUrl: queue.url,
    client: server.client(),
    retry: { minDelay: 1, maxDelay: 5 },
    ...options,
  });
  const shop = shopOf(forwarder);
  const actions = (action: LogEntry['action']) =>
    server.log.filter((entry) => entry.action === action).map(({ body }) => numberIn(body));
  return {
    ...shop,
    server,
    queue,
    forwarder,
    /** Returns the numbers of the events that the queue took, in order. */
    sent: () => actions('send'),
    duplicates: () => actions('duplicate'),
    /** Returns the numbers of the events in each request. */
    batches: () =>
      server.requests
        .filter(({ operation }) => operation === 'SendMessageBatch')
        .map(({ input }) => input.Entries!.map(({ MessageBody }) => numberIn(MessageBody))),
    /** Returns the entries of all requests. */
    entries: () => server.requests.flatMap(({ input }) => input.Entries ?? []),
    async [Symbol.asyncDispose]() {
      await shop.bus.close({ timeout: 2000 }).catch(() => {});
      await server[Symbol.asyncDispose]();
    },
  };
}
