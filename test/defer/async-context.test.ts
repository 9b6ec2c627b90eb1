import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { auto, type DeferStrategy } from '../../src/index.ts';
import { ADAPTERS, HTTP_ADAPTERS, start } from '../servers/start.ts';
import { e, makeApp, t, eventually } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

const storage = new AsyncLocalStorage<string>();

/** Records each note with the value that its listener found in the application's own storage. */
function makeRouter(defer: DeferStrategy = auto()) {
  const found: [string, string | undefined][] = [];
  const app = makeApp({
    defer,
    listener: async (note) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      found.push([note, storage.getStore()]);
    },
  });
  const named = t.procedure.use(({ path, next }) => storage.run(path, () => next())).use(app.events);
  const note = named.query(({ ctx, path }) => ctx.dispatch('noted', path));
  return { ...app, found, note };
}

test.each(ADAPTERS)(
  'on %s, a listener finds the value that its own call stored, even in a batch',
  async (adapter) => {
    await using app = makeRouter();
    const router = t.router({ a: app.note, b: app.note, c: app.note });
    await using server = await start(adapter, router);
    const client = server.client('httpBatchLink');
    await Promise.all([client.a.query(), client.b.query(), client.c.query()]);
    await eventually(() => expect(app.found).toHaveLength(3));
    expect(Object.fromEntries(app.found)).toEqual({ a: 'a', b: 'b', c: 'c' });
  },
);

test('on express, a listener finds the value that a middleware of the server stored', async () => {
  const found: (string | undefined)[] = [];
  await using app = makeApp({ listener: () => void found.push(storage.getStore()) });
  const router = t.router({ note: app.procedure.query(({ ctx }) => ctx.dispatch('noted', 'note')) });
  let requests = 0;
  await using server = await start('express', router, {
    before: [(_, __, next) => storage.run(`request ${++requests}`, next)],
  });
  for (let i = 0; i < 3; i++) await server.client().note.query();
  await eventually(() => expect(found).toEqual(['request 1', 'request 2', 'request 3']));
});

test('if maxWait starts the flush, a listener still finds the value that its call stored', async () => {
  await using app = makeRouter(auto({ maxWait: 10 }));
  const end = gate();
  const router = t.router({ a: app.note, slow: t.procedure.query(() => end.promise) });
  await using server = await start('standalone', router);
  const client = server.client('httpBatchLink');
  const batch = Promise.all([client.a.query(), client.slow.query()]);
  await eventually(() => expect(app.found).toEqual([['a', 'a']]));
  end.open();
  await batch;
});

test('if drain starts the flush, a listener still finds the value that its call stored', async () => {
  await using app = makeRouter({ name: 'never', start() {} });
  await t
    .createCallerFactory(t.router({ a: app.note }))({})
    .a();
  await storage.run('drain', () => app.bus.drain());
  expect(app.found).toEqual([['a', 'a']]);
});

test('a listener of a stream’s event finds the value that the stream’s call stored', async () => {
  await using app = makeRouter();
  const named = t.procedure.use(({ path, next }) => storage.run(path, () => next())).use(app.events);
  const router = t.router({
    stream: named.subscription(async function* generate() {
      e.dispatch('noted', '1');
      yield 1;
      e.dispatch('noted', '2');
    }),
  });
  await using server = await start('standalone', router);
  await new Promise<void>((resolve) => {
    server.client().stream.subscribe(undefined, { onComplete: resolve });
  });
  await eventually(() => expect(app.found).toHaveLength(2));
  expect(app.found).toEqual([
    ['1', 'stream'],
    ['2', 'stream'],
  ]);
});

test.each(HTTP_ADAPTERS)('on %s, one close listener on a response serves all its calls', async (adapter) => {
  const counts: number[] = [];
  let response: ServerResponse | undefined;
  const end = gate();
  let settled = 0;
  await using app = makeApp({
    observers: [{ name: 'settled', scopeSettled: () => void settled++ }],
  });
  const count = () => {
    const { stream } = response as unknown as { stream?: ServerResponse };
    counts.push((stream ?? response!).listenerCount('close'));
  };
  const router = t.router({
    note: app.procedure.query(({ ctx }) => ctx.dispatch('noted', 'note')),
    slow: app.procedure.query(() => end.promise),
  });
  await using server = await start(adapter, router, {
    createContext({ res }) {
      response = ((res as { raw?: unknown }).raw ?? res) as ServerResponse;
      count();
      return {};
    },
  });
  const client = server.client('httpBatchLink');
  const batch = Promise.all([...Array.from({ length: 30 }, () => client.note.query()), client.slow.query()]);
  await eventually(() => expect(settled).toBe(30));
  count();
  end.open();
  await batch;
  await app.bus.drain();
  expect(counts[1]! - counts[0]!).toBe(1);
  expect(app.handled).toHaveLength(30);
});
