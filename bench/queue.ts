/** The CPU time of a forwarder to SQS, compared with the bare client that sends the same messages in the same batches. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent, type HandleManyOptions } from '../src/index.ts';
import { sqsForwarder } from '../src/sqs/index.ts';
import { cloudEvents } from '../src/wire/index.ts';
import { interval, ratioOf, type Goal, type Line, type Table } from './report.ts';

/** How many calls are in flight at a time, how many a round has, and how many events each of them sends. */
interface Load {
  readonly inFlight: number;
  readonly calls: number;
  readonly events: number;
}
const LOAD: Load = { inFlight: 16, calls: 160, events: 10 };

const e = initEvents.create(
  defineEvents({ 'order.placed': z.object({ id: z.string(), items: z.array(z.string()), at: z.unknown() }) }),
);
export const PAYLOADS = [
  { name: 'plain', at: '2026-01-01T00:00:00.000Z' },
  { name: 'with a Date', at: new Date(0) },
];
const GOALS = [{ atMost: 1.2 }, { atMost: 1.45 }];

export async function queueCosts(rounds: number): Promise<Table> {
  const server = fork(join(import.meta.dirname, 'sqs-server.ts'));
  const [port] = (await once(server, 'message')) as [number];
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  try {
    const costs: Cost[] = [];
    for (const { name, at } of PAYLOADS) {
      const events = await eventsWith(at, LOAD.events);
      const queueUrl = `${endpoint}/1/orders`;
      const bare = bareSend(client, queueUrl, events);
      const ours = forwarderSend(client, queueUrl, events);
      costs.push({ name, ...(await compareCpu(bare, ours, { ...LOAD, rounds })) });
    }
    return tableOf(
      'A forwarder to SQS, ten events a request: CPU of an event, ÷ the bare client',
      costs,
      GOALS,
    );
  } finally {
    client.destroy();
    server.disconnect();
  }
}

/** Returns events as a bus makes them. */
export async function eventsWith(at: unknown, count: number): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  await using bus = e.bus({
    handlers: [{ name: 'collect', handleMany: (list: readonly AnyEvent[]) => void events.push(...list) }],
  });
  const items = ['tea', 'milk', 'sugar'];
  for (let i = 0; i < count; i++) await bus.publish('order.placed', { id: `order-${i}`, items, at });
  return events;
}

export type Send = () => Promise<unknown>;

/** The CPU time per event, in µs, for each round. */
export interface Cost {
  readonly name: string;
  readonly bare: readonly number[];
  readonly ours: readonly number[];
}

export function tableOf(title: string, costs: readonly Cost[], goals: readonly (Goal | undefined)[]): Table {
  const lines = costs.map(({ name, bare, ours }, i): Line => {
    const figures = `${interval(ours).median.toFixed(1)} µs`;
    return { name, figures, ratio: ratioOf(ours, bare), goal: goals[i] };
  });
  return { title, lines, raw: costs };
}

/** The options of a call that waits forever, without an observer. */
export const NO_LIMITS: HandleManyOptions = {
  signal: new AbortController().signal,
  attempt: 1,
  deadline: Infinity,
  send: async (_, call) => call(),
};

/** Makes the messages only once, so that the client itself is measured. */
function bareSend(client: SQSClient, QueueUrl: string, events: readonly AnyEvent[]): Send {
  const codec = cloudEvents();
  const bodies = events.map((event) => codec.encode(event));
  return () => {
    const Entries = bodies.map((MessageBody, i) => ({
      Id: String(i),
      MessageBody,
      MessageAttributes: { event: { DataType: 'String', StringValue: 'order.placed' } },
    }));
    return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
}

function forwarderSend(client: SQSClient, queueUrl: string, events: readonly AnyEvent[]): Send {
  const forwarder = sqsForwarder({ queueUrl, client, parallel: LOAD.inFlight });
  return async () => forwarder.handleMany!(events, NO_LIMITS);
}

export async function compareCpu(
  bare: Send,
  ours: Send,
  { rounds, ...load }: Load & { readonly rounds: number },
): Promise<Omit<Cost, 'name'>> {
  for (let i = 0; i < 5; i++) await cpuOf(i % 2 === 0 ? bare : ours, load);
  const samples = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const isBareFirst = round % 2 === 0;
    const first = await cpuOf(isBareFirst ? bare : ours, load);
    const second = await cpuOf(isBareFirst ? ours : bare, load);
    samples.bare.push(isBareFirst ? first : second);
    samples.ours.push(isBareFirst ? second : first);
  }
  return samples;
}

/** Returns the CPU time of this process, in µs per event. */
async function cpuOf(send: Send, { inFlight, calls, events }: Load): Promise<number> {
  const before = process.cpuUsage();
  let left = calls;
  const caller = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls / events;
}
