import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { builtApp, handled } from './apps.ts';
import { startNext, type NextServer } from './server.ts';

const WITHIN = { timeout: 20_000 };
type Run = (server: NextServer, gate: string) => Promise<unknown>;

async function listens(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

let folder: string;
beforeAll(async () => {
  folder = await builtApp('plain');
});

// These calls use auto(), which waits for the response by itself, and gives Next's `after` a promise.
test.for<[string, Run]>([
  [
    'a route handler',
    (server, gate) => server.post('last', `/api/with-events/ok?gate=${encodeURIComponent(gate)}`),
  ],
  [
    'a procedure',
    (server, gate) =>
      server.call('last', '/api/trpc', (client, input) => client.save.mutate({ ...input, gate })),
  ],
])('next start waits for the listeners of %s when it is told to end', async ([_name, run]) => {
  await using server = await startNext('start', folder);
  // The first request, with an open gate, loads the library, which sees only later responses begin.
  await run(server, folder);
  await run(server, server.input('gate').mark);
  await expect.poll(() => server.recorded().at(-1), WITHIN).toEqual({ note: 'last has begun' });
  const ended = server.end();
  // The server has got the signal, and would soon be gone if no listener still ran.
  await expect.poll(() => listens(server.url), WITHIN).toBe(false);
  server.answered('gate');
  await ended;
  expect(server.recorded().slice(-1)).toEqual(handled('last'));
});

test('an open call is answered, and its listeners run, if the recipe for pages/api ends the server', async () => {
  await using server = await startNext('start', folder, { env: { NEXT_MANUAL_SIG_HANDLE: 'true' } });
  const gate = server.input('gate').mark;
  const asked = server.ask('last', `/api/pages/held?gate=${encodeURIComponent(gate)}`);
  await expect.poll(() => server.recorded().at(-1), WITHIN).toEqual({ note: 'last has begun' });
  const ended = server.end();
  await expect.poll(() => server.recorded().at(-1), WITHIN).toEqual({ note: 'told to end' });
  server.answered('gate');
  expect((await asked).status).toBe(200);
  await ended;
  expect(server.recorded().at(-1)).toEqual({ note: 'last', by: 'version 1' });
});
