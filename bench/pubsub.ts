/** The CPU time of a forwarder to Pub/Sub, compared with the bare client that sends the same messages in full batches. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import type { AnyEvent } from '../src/index.ts';
import { pubsubForwarder } from '../src/pubsub/index.ts';
import { cloudEvents } from '../src/wire/index.ts';
import type { Table } from './report.ts';
import { compareCpu, eventsWith, NO_LIMITS, PAYLOADS, tableOf, type Cost, type Send } from './queue.ts';

const LOAD = { inFlight: 4, calls: 8, events: 1000 };
/** Payloads with Dates have no goal, because superjson costs more than the bare client does. */
const GOALS = [{ atMost: 1.25 }, undefined];

// Without this the client asks the network whether it runs on Google's cloud.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

export async function pubsubCosts(rounds: number): Promise<Table> {
  const server = fork(join(import.meta.dirname, 'pubsub-server.ts'));
  const [port] = (await once(server, 'message')) as [number];
  const client = new PubSub({ projectId: 'bench', apiEndpoint: `127.0.0.1:${port}`, emulatorMode: true });
  try {
    const costs: Cost[] = [];
    for (const { name, at } of PAYLOADS) {
      const events = await eventsWith(at, LOAD.events);
      const bare = barePublish(client, events);
      const ours = forwarderPublish(client, events);
      costs.push({ name, ...(await compareCpu(bare, ours, { ...LOAD, rounds })) });
    }
    const title = 'A forwarder to Pub/Sub, 1,000 events a request: CPU of an event, ÷ the bare client';
    return tableOf(title, costs, GOALS);
  } finally {
    await client.close();
    server.disconnect();
  }
}

/** Makes the messages only once, so that the client itself is measured, with its own queue of up to 1,000. */
function barePublish(client: PubSub, events: readonly AnyEvent[]): Send {
  const codec = cloudEvents();
  const texts = events.map((event) => Buffer.from(codec.encode(event)));
  const topic = client.topic('orders', { batching: { maxMessages: 1000, maxMilliseconds: 5 } });
  const attributes = { event: 'order.placed', 'content-type': 'application/cloudevents+json' };
  return () => Promise.all(texts.map((data) => topic.publishMessage({ data, attributes })));
}

function forwarderPublish(client: PubSub, events: readonly AnyEvent[]): Send {
  const forwarder = pubsubForwarder({ topic: 'orders', client });
  return async () => forwarder.handleMany!(events, NO_LIMITS);
}
