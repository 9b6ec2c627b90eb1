import { initTRPC } from '@trpc/server';
import { expect, it, vi } from 'vitest';
import type { DeferStrategy, EventObserver } from '../../../src/index.ts';
import { collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

/** Makes a bus whose strategy starts nothing by itself, and a caller of a procedure that dispatches. */
function deferred(handlers: Parameters<typeof e.bus>[0]['handlers']) {
  const never: DeferStrategy = { name: 'never', start() {} };
  const bus = e.bus({ handlers, defer: never });
  const t = initTRPC.create();
  const router = t.router({
    spot: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('cat.spotted', 1)),
  });
  return { bus, caller: t.createCallerFactory(router)({}) };
}

it('drain starts deferred flushes, and waits for them.', async () => {
  const seen = collector();
  const { bus, caller } = deferred([seen.handler]);
  await caller.spot();
  await caller.spot();
  await turn();
  expect(seen.payloads).toEqual([]);
  await bus.drain();
  expect(seen.payloads).toEqual([1, 1]);
});

it('drain also starts flushes that are deferred while it waits.', async () => {
  const seen = collector();
  const { promise, open } = gate();
  const router = e.router().on('user.created', () => promise);
  const { bus, caller } = deferred([router, seen.handler]);
  void bus.publish('user.created', { id: '1' });
  const drained = bus.drain();
  await caller.spot();
  await turn();
  expect(seen.names).toEqual(['user.created', 'cat.spotted']);
  open();
  await drained;
});

it.for([true, false])(
  'Thousands of deferred flushes at once do not overflow the stack (bus.enabled: %s).',
  async (enabled) => {
    const seen = collector();
    const { bus, caller } = deferred([seen.handler]);
    for (let i = 0; i < 9000; i++) await caller.spot();
    bus.enabled = enabled;
    await bus.drain();
    expect(seen.events).toHaveLength(enabled ? 9000 : 0);
  },
);

it('drain names a createContext that is still running when the timeout ends.', async () => {
  const { promise, open } = gate();
  const createContext = () => promise.then(() => ({}));
  const bus = e.bus({ handlers: [collector().handler], createContext });
  const publishing = bus.publish('cache.cleared');
  await expect(bus.drain({ timeout: 1 })).rejects.toThrow('createContext for cache.cleared');
  open();
  await publishing;
});

it('drain waits for chains, and for events that are dispatched while it waits.', async () => {
  const log: string[] = [];
  const router = e.router();
  router.on('user.created', async ({ ctx }) => {
    await turn();
    ctx.dispatch('user.deleted', { id: '1' });
  });
  router.on('user.deleted', async ({ ctx }) => {
    await turn();
    ctx.dispatch('cache.cleared');
    log.push('deleted');
  });
  router.on('cache.cleared', async () => {
    await turn();
    log.push('cleared');
  });
  await using bus = e.bus({ handlers: [router] });
  void bus.publish('user.created', { id: '1' });
  const drained = bus.drain();
  void bus.publish('user.created', { id: '2' });
  await drained;
  expect(log).toEqual(['deleted', 'deleted', 'cleared', 'cleared']);
});

it('drain does not wait for open scopes, and resolves if nothing is under way.', async () => {
  const { promise, open } = gate();
  const bus = e.bus({ handlers: [collector().handler] });
  await bus.drain();
  const scope = bus.scope(() => promise);
  await bus.drain();
  open();
  await scope;
});

it('drain may be called from an open call, and several times at once.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 'waits for the scope');
    await Promise.all([bus.drain(), bus.drain()]);
    expect(seen.payloads).toEqual([]);
  });
});

it.each<[string, (bus: { drain(): Promise<void>; close(): Promise<void> }) => Promise<unknown>]>([
  ['drain', (bus) => bus.drain()],
  ['close', (bus) => bus.close()],
  ['drain in e.scope', (bus) => e.scope(() => bus.drain())],
])('In a listener, %s rejects with SELF_WAIT.', async (name, wait) => {
  const router = e.router();
  let thrown: unknown;
  router.on('cat.spotted', async () => {
    await turn();
    thrown = await wait(bus).catch((error: unknown) => error);
  });
  const bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  const what = name.startsWith('drain') ? 'bus.drain' : 'bus.close';
  expect(thrown).toMatchObject({
    code: 'SELF_WAIT',
    message: `${what} was called in a listener, which it would wait for. Call it from outside, or do not await it here.`,
  });
  // The call that was refused closed nothing.
  await bus.publish('cat.spotted', 2);
});

it('drain also rejects with SELF_WAIT in a handler, a middleware, a dependency and a call made by a listener.', async () => {
  const codes: unknown[] = [];
  const tryDrain = async () => void codes.push(await bus.drain().catch(({ code }: { code: string }) => code));
  const router = e.router();
  router
    .use(async ({ next }) => (await tryDrain(), next()))
    .provide({ it: e.depends(tryDrain) })
    .on('cat.spotted', () => bus.scope(tryDrain));
  const handlers = [router, { name: 'one', handle: tryDrain }, { name: 'many', handleMany: tryDrain }];
  const bus = e.bus({ handlers });
  await bus.publish('cat.spotted', 1);
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'SELF_WAIT'));
});

it('A timer that a listener started may call drain when the listener is done.', async () => {
  let later!: Promise<void>;
  const router = e.router().on('cat.spotted', () => {
    later = turn()
      .then(turn)
      .then(() => bus.drain());
  });
  const bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  await later;
});

it('drain rejects with DRAIN_TIMEOUT after its timeout; the error names running attempts and counts those that wait.', async () => {
  const { promise, open } = gate();
  const router = e.router();
  router.on('cat.spotted', () => promise, { name: 'slow' });
  const many = { name: 'many', handleMany: () => promise };
  const bus = e.bus({ handlers: [router, many] });
  const scope = bus.scope(({ dispatch }) => [1, 2, 3].forEach((n) => dispatch('cat.spotted', n)));
  const error = (await bus.drain({ timeout: 5 }).catch((error: unknown) => error)) as Error;
  expect(error).toMatchObject({ code: 'DRAIN_TIMEOUT' });
  expect(error.message).toMatch(
    /^bus\.drain waited 5 ms, and there still runs: slow on cat\.spotted [\w-]{36} \(2 more wait for it\); many on cat\.spotted [\w-]{36}\.$/,
  );
  open();
  await scope;
  await bus.drain({ timeout: 5 });
});

it('onError may wait for a drain, although it is called in the middle of a flush.', async () => {
  let drained: Promise<void> | undefined;
  let drain!: () => Promise<void>;
  const router = e.router().on('cat.spotted', () => {
    throw new Error('no');
  });
  const bus = e.bus({ handlers: [router], onError: () => void (drained = drain()) });
  drain = () => bus.drain();
  await bus.publish('cat.spotted', 1);
  await drained;
  expect(drained).toBeInstanceOf(Promise);
});

it('drain and close leave no timer behind if the timeout was not needed.', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const bus = e.bus({ handlers: [collector().handler] });
    await bus.drain({ timeout: 60_000 });
    await bus.close({ timeout: 60_000 });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('drain names all attempts that still run and no others, in whatever order they end.', async () => {
  const gates = [0, 1, 2, 3, 4].map(() => gate());
  const router = e.router().on('cat.spotted', ({ event }) => gates[event.payload as number]!.promise);
  const ids = new Map<string, unknown>();
  const observer: EventObserver = { name: 'ids', dispatched: ({ id, payload }) => void ids.set(id, payload) };
  const bus = e.bus({ handlers: [router], observers: [observer] });
  const published = gates.map((_, i) => bus.publish('cat.spotted', i));
  const running = new Set<unknown>(gates.keys());
  for (const i of [1, 4, 0, 2]) {
    gates[i]!.open();
    await published[i];
    running.delete(i);
    const { message } = (await bus.drain({ timeout: 1 }).catch((error: unknown) => error)) as Error;
    const named = Array.from(message.matchAll(/cat\.spotted ([\w-]{36})/g), ([, id]) => ids.get(id!));
    expect(new Set(named)).toEqual(running);
  }
  gates[3]!.open();
  await bus.drain({ timeout: 1000 });
});

it('drain names at most ten running attempts.', async () => {
  const { promise, open } = gate();
  const router = e.router();
  for (let i = 0; i < 12; i++) router.on('cat.spotted', () => promise, { name: `slow ${i}` });
  const bus = e.bus({ handlers: [router] });
  void bus.publish('cat.spotted', 1);
  await expect(bus.drain({ timeout: 1 })).rejects.toThrow(/slow 9 on .*; and 2 more\.$/);
  open();
});

it.each([
  [{ timeout: -1 }, 'timeout must be a number of milliseconds, from 0 to 2147483647, not -1.'],
  [{ timeout: Number.NaN }, 'timeout must be a number of milliseconds, from 0 to 2147483647, not NaN.'],
  [{ timeout: Infinity }, 'timeout must be a number of milliseconds, from 0 to 2147483647, not Infinity.'],
  [{ timeout: '5' }, 'timeout must be a number of milliseconds, from 0 to 2147483647, not "5".'],
])('drain(%j) and close(%j) are refused, and the bus stays open.', async (options, message) => {
  const bus = e.bus({ handlers: [collector().handler] });
  for (const what of ['drain', 'close'] as const) {
    await expect(untyped(bus[what])(options)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: `bus.${what}: ${message}`,
    });
  }
  await bus.publish('cat.spotted', 1);
});
