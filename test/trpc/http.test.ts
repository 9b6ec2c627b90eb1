import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ADAPTERS, HTTP_ADAPTERS, start, type Adapter } from '../servers/start.ts';
import type { LinkName } from '../servers/clients.ts';
import { makeApp, t } from './app.ts';

function makeRouter() {
  const app = makeApp();
  const router = t.router({
    note: app.procedure.input(z.string()).mutation(({ ctx, input }) => {
      ctx.dispatch('noted', input);
      return input.toUpperCase();
    }),
    fail: app.procedure.input(z.string()).mutation(({ ctx, input }) => {
      ctx.dispatch('noted', input);
      throw new Error('no');
    }),
  });
  return { ...app, router };
}

describe.each(ADAPTERS)('on %s', (adapter) => {
  test('the events of a call are handled if it succeeded, and dropped if it failed', async () => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    const client = server.client();
    expect(await client.note.mutate('kept')).toBe('KEPT');
    await expect(client.fail.mutate('dropped')).rejects.toThrow('no');
    await app.bus.drain();
    expect(app.handled).toEqual(['kept']);
    expect(app.discarded).toEqual(['dropped']);
  });

  test('concurrent calls do not affect each other’s events', async () => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    const client = server.client();
    const notes = Array.from({ length: 20 }, (_, i) => i);
    await Promise.allSettled(notes.map((i) => (i % 3 === 0 ? client.fail : client.note).mutate(String(i))));
    await app.bus.drain();
    const kept = notes.filter((i) => i % 3 !== 0);
    expect(app.handled.map(Number).sort((a, b) => a - b)).toEqual(kept);
  });
});

const batching = HTTP_ADAPTERS.flatMap((adapter): [Adapter, LinkName][] => [
  [adapter, 'httpBatchLink'],
  [adapter, 'httpBatchStreamLink'],
]);

describe.each(batching)('a batch on %s by %s', (adapter, link) => {
  test('drops only the events of its failing call', async () => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    const client = server.client(link);
    const results = await Promise.allSettled([
      client.note.mutate('a'),
      client.fail.mutate('b'),
      client.note.mutate('c'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await app.bus.drain();
    expect(app.handled.sort()).toEqual(['a', 'c']);
    expect(app.discarded).toEqual(['b']);
  });

  // test/setup/quiet.ts fails a test on a process warning.
  test('of 50 calls prints no warning about too many listeners', async () => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router, { createContext: ({ res }) => ({ res }) });
    const client = server.client(link);
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.note.mutate(String(i))));
    await app.bus.drain();
    expect(app.handled).toHaveLength(50);
  });
});
