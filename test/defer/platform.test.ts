import { afterEach, describe, expect, test, vi } from 'vitest';
import { auto } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { expectConsole } from '../setup/console.ts';
import { e, eventually, type AppOptions } from '../trpc/app.ts';
import { makeRouter } from './platform-app.ts';
import { gate } from '../setup/async.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  for (const key of CONTEXTS) delete (globalThis as any)[key];
});

const CONTEXTS = [Symbol.for('@vercel/request-context'), Symbol.for('@next/request-context')];
const FREEZING = [
  'VERCEL',
  'AWS_LAMBDA_FUNCTION_NAME',
  'K_SERVICE',
  'FUNCTION_TARGET',
  'FUNCTIONS_WORKER_RUNTIME',
];

/** Offers a context of the current request, as the platform does, with a `waitUntil` that uses its `this`. */
function stubPlatform(key: symbol): Promise<unknown>[] {
  const given: Promise<unknown>[] = [];
  const context = {
    given,
    waitUntil(promise: Promise<unknown>) {
      this.given.push(promise);
    },
  };
  (globalThis as any)[key] = { get: () => context };
  return given;
}

const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);

describe.each(CONTEXTS)('if the platform offers a waitUntil at %s', (key) => {
  test('a promise is given when the scope opens, and lasts until the events are handled', async () => {
    const given = stubPlatform(key);
    const handle = gate();
    await using app = makeRouter({ listener: () => handle.promise });
    await using server = await start('standalone', app.router);
    const call = server.client().slow.mutate();
    await app.begun.promise;
    expect(given).toHaveLength(1);
    app.goOn.open();
    await call;
    await eventually(() => expect(app.handled).toEqual(['note']));
    expect(await isSettled(given[0]!)).toBe(false);
    handle.open();
    await given[0];
  });

  test('the promise also resolves after a failed call', async () => {
    const given = stubPlatform(key);
    await using app = makeRouter();
    await app
      .createCaller({})
      .fail()
      .catch(() => {});
    await given[0];
    expect(app.discarded).toEqual(['note']);
  });

  test('the response does not wait for the listeners, although the process may be frozen after it', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
    const given = stubPlatform(key);
    const handle = gate();
    await using app = makeRouter({ listener: () => handle.promise });
    await using server = await start('standalone', app.router);
    await server.client().note.mutate();
    handle.open();
    await given[0];
    expect(app.handled).toEqual(['note']);
  });
});

describe('on Cloudflare Workers, which pass for Node', () => {
  /** Loads the library as a Worker does. The library asks for built-in modules when it is loaded. */
  async function load(builtins: Record<string, unknown>) {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const get = process.getBuiltinModule.bind(process);
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(
      (name: string) => builtins[name] ?? get(name as 'node:fs'),
    );
    vi.resetModules();
    return import('../trpc/app.ts');
  }
  afterEach(() => {
    vi.restoreAllMocks();
    vi.resetModules();
  });

  test('with nodejs_compat, the waitUntil of cloudflare:workers is given a promise', async () => {
    const given: Promise<unknown>[] = [];
    const loaded = await load({
      'cloudflare:workers': { waitUntil: (promise: Promise<unknown>) => given.push(promise) },
    });
    await using app = loaded.makeApp();
    const router = loaded.t.router({
      note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')),
    });
    const { signal } = new AbortController();
    await loaded.t.createCallerFactory(router)({}, { signal }).note();
    expect([given.length, app.handled]).toEqual([1, []]);
    await given[0];
    expect(app.handled).toEqual(['note']);
  });

  test('without nodejs_compat, the caller waits', async () => {
    const loaded = await load({});
    await using app = loaded.makeApp();
    const router = loaded.t.router({
      note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')),
    });
    const { signal } = new AbortController();
    await loaded.t.createCallerFactory(router)({}, { signal }).note();
    expect(app.handled).toEqual(['note']);
  });
});

test('if the platform’s waitUntil throws and the process may freeze, the caller waits', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
  (globalThis as any)[CONTEXTS[0]!] = {
    get: () => ({
      waitUntil() {
        throw new Error('too late');
      },
    }),
  };
  await using app = makeRouter({ collectsErrors: true });
  await app.createCaller({}, { signal: new AbortController().signal }).note();
  expect(app.handled).toEqual(['note']);
  expect(app.errors).toMatchObject([{ code: 'HOOK_FAILED', cause: { message: 'too late' } }]);
});

test('the waitUntil of the second platform is used if the first has none', async () => {
  (globalThis as any)[CONTEXTS[0]!] = { get: () => undefined };
  const given = stubPlatform(CONTEXTS[1]!);
  await using app = makeRouter();
  await app.createCaller({}).note();
  expect(given).toHaveLength(1);
});

test.each([undefined, {}, { get: () => undefined }, { get: () => ({}) }])(
  'a request context without waitUntil, such as %j, is ignored',
  async (context) => {
    (globalThis as any)[CONTEXTS[0]!] = context;
    await using app = makeRouter();
    await app.createCaller({}).note();
    expect(app.handled).toEqual(['note']);
  },
);

/** Stubs of the platforms that may freeze the process, and of unknown ones. */
const FROZEN: [string, () => void][] = [
  ...FREEZING.map((name): [string, () => void] => [name, () => vi.stubEnv(name, 'set')]),
  ['an unknown isolate', () => vi.stubGlobal('process', undefined)],
  ['an unknown isolate with a process', () => vi.stubGlobal('process', { versions: {}, env: {} })],
];

describe.each(FROZEN)('if the process may freeze (%s)', (platform, stub) => {
  /** Makes a router with a strategy that is made under stubbed globals. The rest of the test runs on Node. */
  function makeFrozen(options?: AppOptions) {
    stub();
    const defer = auto();
    vi.unstubAllGlobals();
    if (platform.startsWith('an unknown')) expectConsole();
    return makeRouter({ defer, ...options });
  }

  test('the caller waits for the listeners, over HTTP too', async () => {
    const handle = gate();
    let answered = false;
    await using app = makeFrozen({ listener: () => handle.promise });
    await using server = await start('standalone', app.router);
    const call = server
      .client()
      .note.mutate()
      .then(() => (answered = true));
    await eventually(() => expect(app.handled).toEqual(['note']));
    expect(answered).toBe(false);
    handle.open();
    await call;
  });

  test('a pull of a stream waits for the listeners', async () => {
    await using app = makeFrozen({ listener: () => new Promise((resolve) => setTimeout(resolve, 5)) });
    const caller = app.createCaller({}, { signal: new AbortController().signal });
    const stream = (await caller.stream())[Symbol.asyncIterator]();
    await stream.next();
    expect(app.handled).toEqual(['first']);
    await stream.next();
    expect(app.handled).toEqual(['first', 'last']);
    await app.bus.drain({ timeout: 0 });
  });

  test('a late dispatch is delivered, and reported', async () => {
    await using app = makeFrozen({ collectsErrors: true });
    const dispatch = await app.createCaller({}).leave();
    dispatch('noted', 'late');
    await app.bus.drain();
    expect(app.handled).toEqual(['late']);
    expect(app.errors).toMatchObject([{ code: 'LATE_DISPATCH' }]);
  });
});

test('if the process may freeze, publish waits for the events that its listeners chain', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
  const done: string[] = [];
  await using bus = e.bus({
    handlers: [
      e
        .router()
        .on('noted', ({ ctx }) => ctx.dispatch('started'))
        .on('started', async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          done.push('started');
        }),
    ],
    createContext: () => ({}),
  });
  await bus.publish('noted', 'note');
  expect(done).toEqual(['started']);
});

test('on a plain Node server, a late dispatch is delivered without a report', async () => {
  await using app = makeRouter();
  const dispatch = await app.createCaller({}).leave();
  dispatch('noted', 'late');
  await app.bus.drain();
  expect(app.handled).toEqual(['late']);
});
