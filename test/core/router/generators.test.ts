import { expect, it } from 'vitest';
import type { EventHandler, EventObserver } from '../../../src/index.ts';
import { e, thrownBy, untyped } from '../shop.ts';

async function* asyncGenerator() {}
function* generator() {}
/** Functions that return a generator but don't look like it. Compilers for older targets make such functions, too. */
const disguised: readonly (() => unknown)[] = [
  () => asyncGenerator(),
  () => generator(),
  async () => asyncGenerator(),
  () => ({ __proto__: { next() {}, return() {}, throw() {}, [Symbol.asyncIterator]() {} } }),
];

it.each([asyncGenerator, generator, async function* () {}, { async *method() {} }.method])(
  '.on refuses the generator function %o.',
  (listener) => {
    const router = e.router();
    const error = thrownBy(() => untyped(router.on)('user.created', listener));
    expect(error).toMatchObject({ code: 'BAD_OPTION' });
    expect((error as Error).message).toMatch(
      /^\.on\("user\.created", …\): the listener is a generator function, which would never run, .*e\.depends\.$/,
    );
    expect(() => untyped(router.use(({ next }) => next()).on)('*', listener)).toThrow('never run');
  },
);

it.each(['handle', 'handleMany', 'close'] as const)(
  'e.bus refuses a generator as %s of a handler.',
  (key) => {
    const handler = { name: 'mine', handle() {}, [key]: asyncGenerator } as EventHandler;
    expect(() => e.bus({ handlers: [handler] })).toThrow(
      `e.bus, handler "mine": ${key} must be a function, not generator function asyncGenerator.`,
    );
  },
);

it.each(['meta', 'createContext', 'onError', 'onDiscard', 'deadLetter'])(
  'e.bus refuses a generator as %s.',
  (key) => {
    expect(() => untyped(e.bus)({ handlers: [], [key]: generator })).toThrow(
      `e.bus: ${key} must be a function, not generator function generator.`,
    );
  },
);

it.each(disguised)('A listener that returns a generator has failed (%#).', async (listener) => {
  const router = e.router();
  router.on('*', listener, { name: 'plain' });
  router.use(({ next }) => next()).on('*', listener, { name: 'in steps' });
  router.on('*', listener, { name: 'retried', timeout: 60_000 });
  const errors: string[] = [];
  const bus = e.bus({
    handlers: [router, { name: 'handler', handle: listener }],
    onError: ({ error, listener }) => void errors.push(`${listener}: ${String(error.cause)}`),
  });
  const { failures } = await bus.publish('user.created', { id: '1' });
  const names = ['handler', 'in steps', 'plain', 'retried'];
  expect(failures.map(({ listener }) => String(listener)).sort()).toEqual(names);
  expect(errors.sort()).toEqual(
    names.map((name) => expect.stringMatching(`^${name}: .*never runs.*e.depends`)),
  );
  await bus.close();
});

it('Observers hear that a listener that returned a generator has failed.', async () => {
  const router = e.router().on('*', (): unknown => asyncGenerator(), { name: 'mine' });
  const outcomes: unknown[] = [];
  const observer: EventObserver = {
    name: 'mine',
    async wrapAttempt(_, run) {
      outcomes.push(await run());
    },
  };
  await using bus = e.bus({ handlers: [router], onError() {}, observers: [observer] });
  await bus.publish('user.created', { id: '1' });
  expect(outcomes).toMatchObject([{ ok: false, error: { message: expect.stringContaining('never runs') } }]);
});

it('A value that only iterates, or throws when it is inspected, is no generator.', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hostile = {
    [Symbol.iterator]() {},
    get next() {
      throw new Error('do not look');
    },
  };
  const router = e.router();
  for (const value of [[1].values(), new Map(), hostile, new ReadableStream()]) {
    router.on('*', () => value);
    router.use(({ next }) => next()).on('*', () => value);
  }
  router.on('*', () => [proxy]);
  await using bus = e.bus({ handlers: [router] });
  expect((await bus.publish('user.created', { id: '1' })).failures).toEqual([]);
});

it('A call of handleMany that returns a generator has failed, with and without an observer.', async () => {
  for (const observers of [[], [{ name: 'watcher' }]]) {
    const handler = { name: 'many', handleMany: () => (async function* () {})() as never };
    const bus = e.bus({ handlers: [handler], observers, onError: () => {} });
    expect((await bus.publish('cat.spotted', 1)).failures).toHaveLength(1);
  }
});

it('bus.scope and e.scope refuse a generator function, which would never run.', async () => {
  const bus = e.bus({ handlers: [] });
  await expect(bus.scope(async function* () {})).rejects.toMatchObject({ code: 'BAD_OPTION' });
  await bus.scope(() => {
    expect(() => e.scope(function* () {})).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});
