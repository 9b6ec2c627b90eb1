import { once } from 'node:events';
import { createServer } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { observable } from '@trpc/server/observable';
import { describe, expect, test } from 'vitest';
import { Clients } from '../servers/clients.ts';
import { HTTP_ADAPTERS, serve, start } from '../servers/start.ts';
import { eventually, makeApp, t } from './app.ts';
import { serveStream, transports, type Reading } from './stream-app.ts';
import { gate } from '../setup/async.ts';

/** Records how a reading ends, if it does. */
function watch(reading: Reading) {
  const seen: { end: string | undefined } = { end: undefined };
  void reading.ended.then((end) => (seen.end = end));
  return seen;
}
const sometime = () => new Promise((resolve) => setTimeout(resolve, 50));

describe.each(transports)('by %s', (transport) => {
  /** The end of a stream that is cut off. A query must fail. A subscription must not end, so that its client reconnects. */
  const cutOff = transport === 'a streamed query' ? 'failed' : undefined;

  test('a stream of the bus that close ends is no complete answer, and its generator ends without an error', async () => {
    const ends: string[] = [];
    const app = await serveStream(transport, async function* generate({ ctx, signal }) {
      try {
        ctx.dispatch('noted', 'before');
        for await (const { payload } of app.bus.stream('noted', { signal })) yield payload;
        ends.push('after the loop');
      } catch (error) {
        ends.push(String(error));
      } finally {
        ends.push('finally');
      }
    });
    await using _ = app;
    const reading = app.read();
    const seen = watch(reading);
    await eventually(async () => {
      await app.bus.publish('noted', 'live');
      expect(reading.values).toContain('live');
    });
    await app.bus.close({ timeout: 4000 });
    await eventually(() => expect(ends).toEqual(['after the loop', 'finally']));
    await sometime();
    expect(seen.end).toBe(cutOff);
    expect(app.handled).toContain('before');
    reading.stop();
  });

  test('a stream of the bus that the procedure itself returns is no complete answer, either', async () => {
    const app = await serveStream(transport, () => app.bus.stream('noted'));
    await using _ = app;
    const reading = app.read();
    const seen = watch(reading);
    await eventually(async () => {
      await app.bus.publish('noted', 'live');
      expect(reading.values).not.toEqual([]);
    });
    await app.bus.close({ timeout: 4000 });
    await sometime();
    expect(seen.end).toBe(cutOff);
    reading.stop();
  });

  test('a generator that begins after close is cut off at once', async () => {
    let begun = 0;
    const app = await serveStream(transport, async function* generate({ signal }) {
      begun++;
      yield* app.bus.stream('noted', { signal });
    });
    await using _ = app;
    await app.bus.close();
    const reading = app.read();
    const seen = watch(reading);
    await eventually(() => expect(begun).toBeGreaterThan(0));
    await sometime();
    expect(seen.end).toBe(cutOff);
    reading.stop();
  });

  test('a generator that reads no stream when the bus is closed ends as it would otherwise', async () => {
    const goOn = gate();
    const app = await serveStream(transport, async function* generate({ signal }) {
      for await (const { payload } of app.bus.stream('noted', { signal })) {
        yield payload;
        break;
      }
      await goOn.promise;
      yield 'last';
    });
    await using _ = app;
    const reading = app.read();
    await eventually(async () => {
      await app.bus.publish('noted', 'live');
      expect(reading.values).toEqual(['live']);
    });
    await app.bus.close();
    goOn.open();
    expect(await reading.ended).toBe('completed');
    expect(reading.values).toEqual(['live', 'last']);
  });
});

describe.each(transports.filter((transport) => transport !== 'a streamed query'))('by %s', (transport) => {
  test('an observable that completes because close has ended its stream is no complete answer', async () => {
    const completed: unknown[] = [];
    const app = await serveStream(transport, () =>
      observable<string>((observer) => {
        const live = app.bus.stream('noted');
        void (async () => {
          for await (const { payload } of live) observer.next(payload);
          observer.complete();
        })();
        return () => completed.push('teardown');
      }),
    );
    await using _ = app;
    const reading = app.read();
    const seen = watch(reading);
    await eventually(async () => {
      await app.bus.publish('noted', 'live');
      expect(reading.values).not.toEqual([]);
    });
    await app.bus.close({ timeout: 4000 });
    await eventually(() => expect(completed).toEqual(['teardown']));
    await sometime();
    expect(seen.end).toBeUndefined();
    reading.stop();
  });
});

test.each(HTTP_ADAPTERS)('on %s, close leaves no response of a subscription open', async (adapter) => {
  const left: string[] = [];
  const app = makeApp();
  const router = t.router({
    live: app.procedure.subscription(async function* ({ signal }) {
      signal?.addEventListener('abort', () => left.push('abort'));
      yield 'begun';
      yield* app.bus.stream('noted', { signal });
    }),
  });
  await using server = await start(adapter, router);
  const begun = gate();
  const subscription = server.client().live.subscribe(undefined, { onData: () => begun.open() });
  await begun.promise;
  await app.bus.close();
  await eventually(() => expect(left).toContain('abort'));
  subscription.unsubscribe();
});

test('all that was yielded before the stream was cut off reaches the client', async () => {
  const app = makeApp();
  const goOn = gate();
  const router = t.router({
    live: app.procedure.subscription(async function* ({ signal }) {
      const live = app.bus.stream('noted', { signal });
      yield 'begun';
      await goOn.promise;
      for await (const { payload } of live) yield payload;
      yield 'last';
    }),
  });
  await using server = await start('standalone', router);
  const values: unknown[] = [];
  const subscription = server
    .client()
    .live.subscribe(undefined, { onData: (value) => void values.push(value) });
  await eventually(() => expect(values).toEqual(['begun']));
  const notes = Array.from({ length: 100 }, (_, i) => String(i));
  for (const note of notes) await app.bus.publish('noted', note);
  await app.bus.close();
  goOn.open();
  await eventually(() => expect(values).toEqual(['begun', ...notes, 'last']));
  subscription.unsubscribe();
});

test('only the query that is cut off fails: the other calls of its batch are answered', async () => {
  const app = makeApp();
  const begun = gate();
  const router = t.router({
    live: app.procedure.query(() => app.bus.stream('noted')),
    other: app.procedure.query(async () => {
      begun.open();
      await closed.promise;
      return 'answer';
    }),
  });
  const closed = gate();
  await using server = await start('standalone', router);
  const client = server.client('httpBatchStreamLink');
  const live = client.live.query();
  const other = client.other.query();
  await begun.promise;
  const closing = app.bus.close();
  closed.open();
  expect(await other).toBe('answer');
  await closing;
  const read = async () => {
    for await (const _ of await live);
  };
  await expect(read()).rejects.toThrow('this answer is not complete');
});

test('the subscription that reads a stream of the bus through a caller is cut off with it', async () => {
  const app = makeApp();
  const inner = t.router({ live: app.procedure.subscription(() => app.bus.stream('noted')) });
  const createCaller = t.createCallerFactory(inner);
  const ends: string[] = [];
  const twice = app.procedure.use(app.events);
  const router = t.router({
    outer: twice.subscription(async function* ({ ctx }) {
      yield 'begun';
      yield* await createCaller(ctx).live();
      ends.push('outer');
    }),
  });
  await using server = await start('ws', router);
  const values: unknown[] = [];
  const subscription = server.client().outer.subscribe(undefined, {
    onData: (value) => void values.push(value),
    onComplete: () => void values.push('complete'),
  });
  await eventually(async () => {
    await app.bus.publish('noted', 'live');
    expect(values.length).toBeGreaterThan(1);
  });
  await app.bus.close();
  await eventually(() => expect(ends).toEqual(['outer']));
  await sometime();
  expect(values).not.toContain('complete');
  subscription.unsubscribe();
});

test.each([
  ['without a signal', undefined, ['live', 'over']],
  ['with a signal, until it aborts,', new AbortController(), ['live']],
])('a direct caller %s reads a stream to its end', async (_, leaving, expected) => {
  const app = makeApp();
  const router = t.router({ live: app.procedure.subscription(() => app.bus.stream('noted')) });
  const caller = t.createCallerFactory(router)({}, leaving && { signal: leaving.signal });
  const values: unknown[] = [];
  const stream = await caller.live();
  const reading = (async () => {
    for await (const { payload } of stream) values.push(payload);
    values.push('over');
  })();
  await sometime();
  await app.bus.publish('noted', 'live');
  await app.bus.close();
  await sometime();
  expect(values).toEqual(expected);
  leaving?.abort();
  await reading;
});

test('a stream that waits for its client to leave ends when its reader leaves it', async () => {
  const app = makeApp();
  const router = t.router({ live: app.procedure.subscription(() => app.bus.stream('noted')) });
  const { signal } = new AbortController();
  const stream = (await t.createCallerFactory(router)({}, { signal }).live())[Symbol.asyncIterator]();
  const reads = [stream.next(), stream.next()];
  await app.bus.close();
  await stream.return?.();
  expect((await Promise.all(reads)).map(({ done }) => done)).toEqual([true, true]);
});

test('a listener reads a stream of the bus to its end', async () => {
  const ends: string[] = [];
  const app = makeApp({
    listener: async () => {
      const router = t.router({ live: app.procedure.subscription(() => app.bus.stream('started')) });
      const { signal } = new AbortController();
      for await (const _ of await t.createCallerFactory(router)({}, { signal }).live());
      ends.push('listener');
    },
  });
  void app.bus.publish('noted', 'note');
  await sometime();
  await app.bus.close({ timeout: 4000 });
  expect(ends).toEqual(['listener']);
});

test('a server that was told to close first closes when the bus does', async () => {
  const app = makeApp();
  const router = t.router({
    live: app.procedure.subscription(async function* ({ signal }) {
      yield 'begun';
      yield* app.bus.stream('noted', { signal });
    }),
  });
  const server = createServer(createHTTPHandler({ router }));
  await using running = await serve(server);
  const clients = new Clients<typeof router>({ url: running.url });
  const begun = gate();
  const subscription = clients.client().live.subscribe(undefined, { onData: () => begun.open() });
  await begun.promise;
  const closed = once(server, 'close');
  server.close();
  await app.bus.close();
  await closed;
  subscription.unsubscribe();
});
