import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { HTTP_ADAPTERS, start, type ContextSource } from '../servers/start.ts';
import { makeApp, t, eventually } from './app.ts';
import { gate } from '../setup/async.ts';

/** Makes mutations that begin, and then wait for `commit`. */
function makeRouter() {
  const app = makeApp();
  const begun = gate<AbortSignal>();
  const commit = gate();
  const router = t.router({
    pay: app.procedure.mutation(async ({ ctx, signal }) => {
      ctx.dispatch('noted', 'before');
      begun.open(signal!);
      await commit.promise;
      ctx.dispatch('noted', 'after');
    }),
    fail: app.procedure.mutation(async ({ ctx, signal }) => {
      ctx.dispatch('noted', 'before');
      begun.open(signal!);
      await commit.promise;
      throw new Error('no');
    }),
  });
  return { ...app, router, begun: begun.promise, commit: commit.open };
}

describe.each(HTTP_ADAPTERS)('on %s, a client that goes away during a mutation', (adapter) => {
  test.each([
    ['found by itself', () => ({})],
    ['on ctx', ({ res }: ContextSource) => ({ res })],
  ])('does not stop the events of the committed call (response %s)', async (_, createContext) => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router, { createContext });
    const leaving = new AbortController();
    const call = server.client().pay.mutate(undefined, { signal: leaving.signal });
    const signal = await app.begun;
    leaving.abort();
    await expect(call).rejects.toThrow(/abort/);
    if (!signal.aborted) await once(signal, 'abort');
    app.commit();
    await eventually(() => expect(app.handled).toEqual(['before', 'after']));
  });

  test('does not save the events of a call that then fails', async () => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    const leaving = new AbortController();
    const call = server.client().fail.mutate(undefined, { signal: leaving.signal });
    const signal = await app.begun;
    leaving.abort();
    await expect(call).rejects.toThrow(/abort/);
    if (!signal.aborted) await once(signal, 'abort');
    app.commit();
    await eventually(() => expect(app.discarded).toEqual(['before']));
    await app.bus.drain();
    expect(app.handled).toEqual([]);
  });
});

test('over a WebSocket, a connection that is lost during a mutation loses no events', async () => {
  await using app = makeRouter();
  const lost = gate();
  await using server = await start('ws', app.router, {
    createContext: ({ res }) => void (res as WebSocket).once('close', lost.open),
  });
  const socket = new WebSocket(server.url);
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, method: 'mutation', params: { path: 'pay' } }));
  await app.begun;
  socket.terminate();
  await lost.promise;
  app.commit();
  await eventually(() => expect(app.handled).toEqual(['before', 'after']));
});
