import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { auto, type EventObserver } from '../../src/index.ts';
import { HTTP_ADAPTERS, start, type ContextSource } from '../servers/start.ts';
import { e, eventually, makeApp, t, type AppOptions } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

/** The key under which Vercel offers the `waitUntil` of the current request. Vercel also has Node's response. */
const CONTEXT = Symbol.for('@vercel/request-context');
const setContext = (context: unknown) => ((globalThis as any)[CONTEXT] = context);

let given: Promise<unknown>[];
let log: string[];
beforeEach(() => {
  vi.stubEnv('VERCEL', '1');
  given = [];
  log = [];
  setContext({
    get: () => ({
      promises: given,
      // This method needs its `this`, as Vercel's does.
      waitUntil(promise: Promise<unknown>) {
        log.push('given');
        this.promises.push(promise);
      },
    }),
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  delete (globalThis as any)[CONTEXT];
});

function serve(options?: AppOptions) {
  const app = makeApp({ defer: auto(), ...options });
  const begun = gate();
  const goOn = gate();
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => {
      log.push('resolver');
      ctx.dispatch('noted', 'note');
    }),
    nothing: app.procedure.mutation(() => {}),
    slow: app.procedure.mutation(async ({ ctx }) => {
      begun.open();
      await goOn.promise;
      ctx.dispatch('noted', 'slow');
    }),
    stream: app.procedure.query(async function* generate() {
      e.dispatch('noted', 'never');
      yield 1;
    }),
  });
  return { ...app, router, begun, goOn };
}

const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
const responseOf = ({ res }: ContextSource) => ((res as { raw?: unknown }).raw ?? res) as ServerResponse;
const isClosed = (response: ServerResponse & { stream?: { closed: boolean } }) =>
  response.closed || response.stream?.closed === true;

describe.each(HTTP_ADAPTERS)('on %s', (adapter) => {
  test('the promise is given as soon as the scope opens, after createContext and before the procedure runs', async () => {
    const observer: EventObserver = { name: 'observer', scopeOpened: () => void log.push('promise') };
    await using app = serve({ observers: [observer] });
    await using server = await start(adapter, app.router, {
      async createContext() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.push('createContext');
        return {};
      },
    });
    await server.client().note.mutate();
    expect(log).toEqual(['createContext', 'given', 'promise', 'resolver']);
    await Promise.all(given);
    expect(app.handled).toEqual(['note']);
  });

  test('a batch is flushed on the close of its response, not while a slow sibling still runs', async () => {
    let response!: ServerResponse;
    const wasClosed: boolean[] = [];
    await using app = serve({ listener: () => void wasClosed.push(isClosed(response)) });
    await using server = await start(adapter, app.router, {
      createContext(source) {
        response = responseOf(source);
        return {};
      },
    });
    const client = server.client('httpBatchLink');
    const calls = Promise.all([client.note.mutate(), client.nothing.mutate(), client.slow.mutate()]);
    await app.begun.promise;
    // This promise belongs to the call without events, and waits for nothing.
    await given[1];
    expect(app.handled).toEqual([]);
    app.goOn.open();
    await calls;
    await Promise.all(given);
    expect(app.handled.toSorted()).toEqual(['note', 'slow']);
    expect(wasClosed).toEqual([true, true]);
  });

  test('beside a sibling that is slower than maxWait, the flush starts at maxWait, and the close starts nothing', async () => {
    await using app = serve({ defer: auto({ maxWait: 20 }) });
    await using server = await start(adapter, app.router);
    const client = server.client('httpBatchLink');
    const calls = Promise.all([client.note.mutate(), client.slow.mutate()]);
    await app.begun.promise;
    await given[0];
    expect(app.handled).toEqual(['note']);
    app.goOn.open();
    await calls;
    await given[1];
    expect(app.handled).toEqual(['note', 'slow']);
  });

  test('a drain starts the flush, and the close starts nothing', async () => {
    let sent = 0;
    const settled = gate();
    const observer: EventObserver = {
      name: 'observer',
      scopeSettled: ({ path }) => path === 'note' && settled.open(),
      responseSent: () => void sent++,
    };
    await using app = serve({ observers: [observer] });
    await using server = await start(adapter, app.router);
    const client = server.client('httpBatchLink');
    const calls = Promise.all([client.note.mutate(), client.slow.mutate()]);
    await settled.promise;
    await app.bus.drain();
    await given[0];
    expect(app.handled).toEqual(['note']);
    app.goOn.open();
    await calls;
    await eventually(() => expect(sent).toBe(2));
    await given[1];
    expect(app.handled).toEqual(['note', 'slow']);
  });

  test('no event is lost if the client goes away before the call has settled', async () => {
    const handle = gate();
    await using app = serve({ listener: () => handle.promise });
    const gone = gate();
    await using server = await start(adapter, app.router, {
      createContext(source) {
        void once(responseOf(source), 'close').then(() => gone.open());
        return {};
      },
    });
    const leaving = new AbortController();
    const call = server.client().slow.mutate(undefined, { signal: leaving.signal });
    await app.begun.promise;
    leaving.abort();
    await expect(call).rejects.toThrow(/abort/);
    await gone.promise;
    expect(await isSettled(given[0]!)).toBe(false);
    app.goOn.open();
    await eventually(() => expect(app.handled).toEqual(['slow']));
    expect(await isSettled(given[0]!)).toBe(false);
    handle.open();
    await given[0];
  });

  test.each([
    ['no context', { get: () => undefined }, []],
    ['a context without waitUntil', { get: () => ({}) }, []],
    ['a get that throws', { get: throwing('get') }, ['get']],
    ['a waitUntil that throws', { get: () => ({ waitUntil: throwing('waitUntil') }) }, ['waitUntil']],
  ])('if a request has %s, its caller waits, and gets the same answer', async (_, context, thrown) => {
    setContext(context);
    const handle = gate();
    let answered = false;
    await using app = serve({ collectsErrors: true, listener: () => handle.promise });
    await using server = await start(adapter, app.router);
    const call = server
      .client()
      .note.mutate()
      .then(() => (answered = true));
    await eventually(() => expect(app.handled).toEqual(['note']));
    expect(answered).toBe(false);
    handle.open();
    await call;
    expect(app.errors.map(({ code, cause }) => [code, (cause as Error).message])).toEqual(
      thrown.map((message) => ['HOOK_FAILED', message]),
    );
  });
});

function throwing(what: string) {
  return () => {
    throw new Error(what);
  };
}

test('the promise waits no longer than 10 s for a stream that nobody pulls', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  await using app = serve();
  await using server = await start('standalone', app.router);
  await expect(server.client('httpLink').stream.query()).rejects.toMatchObject({ data: { httpStatus: 415 } });
  await vi.advanceTimersByTimeAsync(9000);
  expect(await isSettled(given[0]!)).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  await given[0];
  expect(app.handled).toEqual([]);
});
