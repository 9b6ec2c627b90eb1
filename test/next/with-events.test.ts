import { afterEach, expect, test, vi } from 'vitest';
import { inline } from '../../src/index.ts';
import { nextAfter, withEvents } from '../../src/next/index.ts';
import { e, makeBus } from './app.ts';

/** The key under which Vercel keeps its `waitUntil`. */
const CONTEXT = Symbol.for('@vercel/request-context');

/** The key under which `trpc-events/next` puts Next's `after`. */
const AFTER = Symbol.for('trpc-events.after.1');

afterEach(() => {
  vi.unstubAllEnvs();
  delete (globalThis as any)[CONTEXT];
});

test('a function keeps its arguments, its this and its result', async () => {
  const { bus } = makeBus();
  const object = {
    factor: 3,
    multiply: withEvents(bus, function multiply(this: { factor: number }, a: number, b: number) {
      return a * b * this.factor;
    }),
  };
  expect(await object.multiply(2, 7)).toBe(42);
});

test('without the option context, createContext makes ctx, and meta comes only from the option meta', async () => {
  const { bus, handled } = makeBus();
  const run = () => e.dispatch('noted', 'a');
  await withEvents(bus, run)();
  await withEvents(bus, run, { meta: { tenant: 'given' }, path: 'POST /a' })();
  expect(handled).toEqual([
    'a of nobody, tenant none, path undefined',
    'a of nobody, tenant given, path POST /a',
  ]);
});

test('the context is made from the arguments, and meta from the context if none is given', async () => {
  const { bus, handled } = makeBus();
  const note = async (name: string, text: string) => e.dispatch('noted', text + name.length);
  const context = (name: string) => ({ user: name });
  await withEvents(bus, note, { context })('ann', 'a');
  await withEvents(bus, note, { context: async (name) => ({ user: name }) })('ben', 'b');
  await withEvents(bus, note, { context, meta: { tenant: 'given' } })('cleo', 'c');
  expect(handled).toEqual([
    'a3 of ann, tenant ANN, path undefined',
    'b3 of ben, tenant BEN, path undefined',
    'c4 of cleo, tenant given, path undefined',
  ]);
});

test('a context that throws fails the call, and the function does not run', async () => {
  const { bus } = makeBus();
  let runs = 0;
  const context = () => {
    throw new Error('no session');
  };
  const wrapped = withEvents(bus, () => void runs++, { context });
  await expect(wrapped()).rejects.toThrow('no session');
  expect(runs).toBe(0);
});

test('meta that the schema refuses fails the call', async () => {
  const { bus } = makeBus();
  const wrapped = withEvents(bus, () => 1, { meta: { tenant: 1 as never } });
  await expect(wrapped()).rejects.toMatchObject({ code: 'META_FAILED' });
});

test('two calls at once have a scope each', async () => {
  const { bus, handled, discarded } = makeBus();
  const wrapped = withEvents(bus, async (text: string) => {
    await Promise.resolve();
    e.dispatch('noted', text);
    if (text === 'bad') throw new Error(text);
  });
  expect(await Promise.allSettled([wrapped('good'), wrapped('bad')])).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { message: 'bad' } },
  ]);
  expect(handled).toEqual(['good of nobody, tenant none, path undefined']);
  expect(discarded).toEqual(['bad']);
});

test('a call within another one keeps its events if both succeed', async () => {
  const { bus, handled, discarded } = makeBus();
  const inner = withEvents(bus, () => e.dispatch('noted', 'inner'));
  const outer = withEvents(bus, async (fails: boolean) => {
    await inner();
    expect(handled).toEqual([]);
    if (fails) throw new Error('outer');
  });
  await expect(outer(true)).rejects.toThrow('outer');
  expect(discarded).toEqual(['inner']);
  await outer(false);
  expect(handled).toEqual(['inner of nobody, tenant none, path undefined']);
});

/** Makes a request whose signal throws when it is read, as that of a prerendered route does. */
function requestWithSignal(read: () => never): Request {
  return Object.defineProperty(new Request('http://localhost/'), 'signal', { get: read });
}

test('a request whose signal throws when it is read, as in a prerendered route, is accepted', async () => {
  const { bus, handled, errors } = makeBus();
  const request = requestWithSignal(() => {
    throw new Error('force-static');
  });
  const wrapped = withEvents(bus, (_request: Request) => {
    e.dispatch('noted', 'a');
    return new Response();
  });
  expect(await wrapped(request)).toBeInstanceOf(Response);
  await expect.poll(() => handled, { timeout: 20_000 }).toEqual(['a of nobody, tenant none, path undefined']);
  expect(errors).toEqual([]);
});

test('the signal is not read, which may make a route dynamic, if nothing needs it', async () => {
  const { bus, handled } = makeBus();
  let reads = 0;
  const request = requestWithSignal(() => {
    throw new Error(`read ${++reads}`);
  });
  await withEvents(bus, (_request: Request) => new Response())(request);
  const note = (_request: Request) => e.dispatch('noted', 'a');
  await withEvents(bus, note, { defer: inline() })(request);
  expect([reads, handled.length]).toEqual([0, 1]);
});

test("nextAfter does what auto does if Next's after throws, as it does outside of Next's requests", async () => {
  const { bus, handled, errors } = makeBus();
  await withEvents(bus, () => e.dispatch('noted', 'a'), { defer: nextAfter() })();
  expect(handled).toHaveLength(1);
  expect(errors).toEqual([]);
});

test('nextAfter waits for a response no longer than maxWait, and flushes once', async () => {
  const { bus, handled } = makeBus();
  const tasks: (() => Promise<void>)[] = [];
  const shared = globalThis as { [AFTER]?: unknown };
  const before = shared[AFTER];
  shared[AFTER] = (task: () => Promise<void>) => tasks.push(task);
  try {
    await withEvents(bus, () => e.dispatch('noted', 'a'), { defer: nextAfter({ maxWait: 20 }) })();
  } finally {
    shared[AFTER] = before;
  }
  expect([tasks.length, handled.length]).toEqual([1, 0]);
  await expect.poll(() => handled.length, { timeout: 20_000 }).toBe(1);
  await tasks[0]!();
  expect(handled).toHaveLength(1);
});

test('nextAfter gives the platform its promise when the scope opens, as auto does', async () => {
  const given: Promise<unknown>[] = [];
  vi.stubEnv('VERCEL', '1');
  (globalThis as any)[CONTEXT] = {
    get: () => ({ waitUntil: (promise: Promise<unknown>) => given.push(promise) }),
  };
  const { bus, handled } = makeBus();
  const defer = nextAfter();
  expect(defer.freezes).toBe(true);
  const note = () => {
    expect(given).toHaveLength(1);
    e.dispatch('noted', 'a');
  };
  await withEvents(bus, note, { defer })();
  await given[0];
  expect(handled).toHaveLength(1);
});

test('the defer given to withEvents is the one that counts', async () => {
  const { bus, handled } = makeBus();
  const request = new Request('http://localhost/');
  const note = (_request: Request) => e.dispatch('noted', 'a');
  await withEvents(bus, note, { defer: inline() })(request);
  expect(handled).toHaveLength(1);
});

test.for([
  [() => withEvents({} as never, () => {}), /withEvents takes a bus first, as e.bus makes it, not an object/],
  [() => withEvents(undefined as never, () => {}), /withEvents takes a bus first/],
  [() => withEvents(makeBus().bus, 'GET' as never), /withEvents takes a function after the bus, not "GET"/],
  [() => withEvents(makeBus().bus, () => {}, { pth: 'a' } as never), /"pth".*path/s],
  [() => withEvents(makeBus().bus, () => {}, { path: 1 } as never), /path/],
  [() => withEvents(makeBus().bus, () => {}, { context: {} } as never), /context/],
  [() => withEvents(makeBus().bus, () => {}, { defer: 'auto' } as never), /defer/],
  [() => nextAfter({ maxWait: -1 }), /maxWait/],
  [() => nextAfter({ wait: 1 } as never), /"wait"/],
] as const)('bad options are refused: %#', ([make, message]) => {
  expect(make).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) }),
  );
});
