import type { AnyTRPCRouter } from '@trpc/server';
import { expect, test } from 'vitest';
import { Clients } from '../../servers/clients.ts';
import { dropped, handled } from './apps.ts';
import { useNext, type AppClient } from './server.ts';

const server = useNext('plain');
const ADAPTERS = [
  ['app router', '/api/trpc'],
  ['pages router', '/api/pages/trpc'],
] as const;

test.for(ADAPTERS)('a procedure has its events handled after the response: %s', async ([name, path]) => {
  const { data } = await server().call(name, path, (client, input) => client.save.mutate(input));
  expect(data).toBe('saved');
  expect(await server().fate(name)).toEqual(handled(name));
});

test.for(ADAPTERS)('a procedure that fails has its events dropped: %s', async ([name, path]) => {
  const note = `${name}, failed`;
  const call = server().call(note, path, (client, input) => client.fail.mutate(input));
  await expect(call).rejects.toMatchObject({ data: { code: 'CONFLICT' } });
  expect(await server().fate(note)).toEqual(dropped(note));
});

// `largeAfter` is called in pages/api too, where Next's `after` throws.
test.for(
  ADAPTERS.flatMap(([name, path]) =>
    (['large', 'largeAfter'] as const).map((procedure) => [name, path, procedure] as const),
  ),
)(
  'a listener that burns CPU delays no byte of a large and gzipped body: %s, %s, %s',
  async ([name, path, procedure]) => {
    const note = `${name}, ${procedure}`;
    const answer = await server().call(note, path, (client, input) => client[procedure].query(input));
    expect([answer.data.length, answer.encoding]).toEqual([200_000, 'gzip']);
    expect(await server().fate(note)).toEqual(handled(note));
  },
);

test.for(ADAPTERS)('each call of a batch keeps or drops its own events: %s', async ([name, path]) => {
  const clients = new Clients<AnyTRPCRouter>({ url: server().url + path });
  const client = clients.client('httpBatchLink') as unknown as AppClient;
  const notes = [`${name}, first of a batch`, `${name}, second of a batch`] as const;
  const saved = client.save.mutate(server().input(notes[0]));
  const failed = client.fail.mutate(server().input(notes[1]));
  expect(await Promise.allSettled([saved, failed])).toMatchObject([
    { status: 'fulfilled', value: 'saved' },
    { status: 'rejected' },
  ]);
  for (const note of notes) server().answered(note);
  expect(await server().fate(notes[0])).toEqual(handled(notes[0]));
  expect(await server().fate(notes[1])).toEqual(dropped(notes[1]));
});

test.for(
  ADAPTERS.flatMap(([router, path]) =>
    (['rows', 'rowsAfter'] as const).map(
      (procedure) => [`${router}, ${procedure}`, path, procedure] as const,
    ),
  ),
)(
  'a subscription has the events of each row handled while it is open: %s',
  async ([name, path, procedure]) => {
    const clients = new Clients<AnyTRPCRouter>({ url: server().url + path });
    const rows: number[] = [];
    let fail!: (error: unknown) => void;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    const client = clients.client() as unknown as AppClient;
    const subscription = client[procedure].subscribe(server().input(name), {
      onData: (row) => rows.push(row),
      onError: (error) => fail(error),
    });
    for (let row = 1; row <= 3; row++) {
      const note = `${name}, row ${row}`;
      expect(await Promise.race([server().fate(note), failed])).toEqual([{ note, by: 'version 1' }]);
    }
    await expect.poll(() => rows, { timeout: 20_000 }).toEqual([1, 2, 3]);
    subscription.unsubscribe();
    const last = `${name}, after the client had gone`;
    expect(await server().fate(last)).toEqual([{ note: last, by: 'version 1' }]);
  },
);

test('a server component has the events of its procedures handled after the page', async () => {
  const { status, body, headers } = await server().ask('a page', '/caller');
  expect([status, headers.get('content-encoding')]).toEqual([200, 'gzip']);
  expect(body.length).toBeGreaterThan(200_000);
  expect(await server().fate('a page')).toEqual(handled('a page'));
});

test('a call in a server component decides about its events, and not the page around it', async () => {
  expect(await server().ask('a failed call', '/caller?then=fail')).toMatchObject({ status: 200 });
  expect(await server().fate('a failed call')).toEqual(dropped('a failed call'));
  expect(await server().ask('a missing page', '/caller?then=miss')).toMatchObject({ status: 404 });
  expect(await server().fate('a missing page')).toEqual(handled('a missing page'));
});

test('getServerSideProps has the events of its procedures handled after the page', async () => {
  const { status, body, headers } = await server().ask('props', '/props');
  expect([status, headers.get('content-encoding')]).toEqual([200, 'gzip']);
  expect(body.length).toBeGreaterThan(200_000);
  expect(await server().fate('props')).toEqual(handled('props'));
});
