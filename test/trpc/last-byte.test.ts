import { expect, test } from 'vitest';
import { inline } from '../../src/index.ts';
import { startDistantClient, type DistantClient } from '../servers/last-byte.ts';
import { HTTP_ADAPTERS, start } from '../servers/start.ts';
import type { LinkName } from '../servers/clients.ts';
import { makeApp, t, type AppOptions } from './app.ts';

/** Makes a router whose listener burns CPU until the client, in its own process, has the last byte. */
function makeRouter(options: AppOptions = {}, limit?: number) {
  const client: { current: DistantClient | undefined } = { current: undefined };
  const answered: (boolean | undefined)[] = [];
  const app = makeApp({
    ...options,
    listener: () => void answered.push(client.current?.burnUntilAnswered(limit)),
  });
  const quick = app.procedure.query(({ ctx }) => {
    ctx.dispatch('noted', 'quick');
    return 'quick';
  });
  const slow = app.procedure.query(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'slow';
  });
  const large = app.procedure.query(({ ctx }) => {
    ctx.dispatch('noted', 'large');
    return 'x'.repeat(5_000_000);
  });
  return { ...app, answered, client, router: t.router({ quick, slow, large }) };
}

const CASES: [string, LinkName, string[], number[]][] = [
  ['a single call', 'httpLink', ['quick'], [5]],
  ['a batch with a slow call', 'httpBatchLink', ['quick', 'slow', 'quick'], [5, 4, 5]],
  ['a streamed batch with a slow call', 'httpBatchStreamLink', ['quick', 'slow', 'quick'], [5, 4, 5]],
  ['a body of 5 MB', 'httpLink', ['large'], [5_000_000]],
];

test.each(HTTP_ADAPTERS)(
  'on %s, a listener that burns CPU does not delay the last byte of a call, a batch or a body of 5 MB',
  async (adapter) => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    await using client = await startDistantClient(server.url, adapter);
    app.client.current = client;
    for (const [what, link, paths, lengths] of CASES) {
      app.answered.length = 0;
      expect({ what, lengths: await client.query(link, paths) }).toEqual({ what, lengths });
      await app.bus.drain();
      const answered = paths.filter((path) => path !== 'slow').map(() => true);
      expect({ what, answered: app.answered }).toEqual({ what, answered });
    }
  },
  60_000,
);

test('over a WebSocket, a listener that burns CPU does not delay the answer', async () => {
  await using app = makeRouter();
  await using server = await start('ws', app.router);
  await using client = await startDistantClient(server.url, 'ws');
  app.client.current = client;
  await client.query('httpLink', ['quick']);
  await app.bus.drain();
  expect(app.answered).toEqual([true]);
}, 30_000);

test('with inline(), the client waits for the listener', async () => {
  await using app = makeRouter({ defer: inline() }, 200);
  await using server = await start('standalone', app.router);
  await using client = await startDistantClient(server.url, 'standalone');
  app.client.current = client;
  await client.query('httpLink', ['quick']);
  expect(app.answered).toEqual([false]);
}, 30_000);
