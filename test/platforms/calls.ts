import type { TRPCClient } from '@trpc/client';
import type { Clients, LinkName } from '../servers/clients.ts';
import type { FrozenRouter } from './frozen-app.ts';

/** Calls that a client makes at once, and the events that they must lead to. */
interface Round {
  readonly calls: number;
  readonly events: readonly string[];
  /** Resolves when all answers have arrived, failures included. */
  run(): Promise<unknown>;
}
type Client = TRPCClient<FrozenRouter>;
type Make = (clients: Clients<FrozenRouter>, id: string) => Round;

const over =
  (link: LinkName, call: (client: Client, id: string) => Promise<unknown>, events: readonly string[]): Make =>
  (clients, id) => ({
    calls: 1,
    events: events.map((suffix) => id + suffix),
    run: () => call(clients.client(link), id),
  });

/** A request of four calls, one of which fails. */
const batch =
  (link: LinkName): Make =>
  (clients, id) => ({
    calls: 4,
    events: [`${id}a`, `${id}b`, `${id}b>`, `${id}c`, `${id}d failed`],
    run() {
      const client = clients.client(link);
      return Promise.allSettled([
        client.plain.mutate({ id: `${id}a` }),
        client.plain.mutate({ id: `${id}b`, chain: 1 }),
        client.slow.mutate({ id: `${id}c` }),
        client.fail.mutate({ id: `${id}d` }),
      ]);
    },
  });

const STREAM = [' row 0', ' row 1', ' row 2', ' end'];

const KINDS: readonly Make[] = [
  over('httpLink', (client, id) => client.plain.mutate({ id }), ['']),
  over('httpLink', (client, id) => client.plain.mutate({ id, chain: 2 }), ['', '>', '>>']),
  over('httpLink', (client, id) => client.fail.mutate({ id }).catch(() => {}), [' failed']),
  over('httpLink', (client, id) => client.nested.mutate({ id }), [' outer', ' inner']),
  over('httpLink', (client, id) => client.nothing.mutate({ id }), []),
  batch('httpBatchLink'),
  batch('httpBatchStreamLink'),
  over('httpBatchStreamLink', readAll, STREAM),
  over('httpLink', (client, id) => watch(client, id), STREAM),
  over('httpLink', (client, id) => leave(client.follow, id), ['', ' left']),
  over('httpLink', (client, id) => leave(client.hang, id), ['', ' since']),
];

async function readAll(client: Client, id: string): Promise<void> {
  for await (const _ of await client.parts.query({ id })) continue;
}

function watch(client: Client, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.watch.subscribe({ id }, { onComplete: resolve, onError: reject });
  });
}

/** Unsubscribes once the first item has arrived. */
function leave(procedure: Client['follow'], id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = procedure.subscribe(
      { id },
      {
        onData() {
          subscription.unsubscribe();
          resolve();
        },
        onError: reject,
      },
    );
  });
}

/** Makes at least `count` calls at once, of all kinds. Resolves to the events that they must have led to. */
export async function callAll(
  clients: Clients<FrozenRouter>,
  name: string,
  count: number,
): Promise<string[]> {
  const rounds: Round[] = [];
  for (let i = 0, calls = 0; calls < count; i++) {
    const round = KINDS[i % KINDS.length]!(clients, `${name}.${i}`);
    calls += round.calls;
    rounds.push(round);
  }
  await Promise.all(rounds.map((round) => round.run()));
  return rounds.flatMap(({ events }) => events);
}
