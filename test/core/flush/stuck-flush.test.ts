import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import type { DeferStrategy } from '../../../src/index.ts';
import { e } from '../shop.ts';

/** A Promise subclass that users may bring, because promises of libraries are often not native ones. */
class Unusual extends Promise<void> {
  readonly #behave: (resolve: () => void) => void;
  constructor(behave: (resolve: () => void) => void) {
    super(() => {});
    this.#behave = behave;
  }
  static override get [Symbol.species]() {
    return Promise;
  }
  // oxlint-disable-next-line unicorn/no-thenable -- the class exists to change then
  override then(resolve: any): any {
    this.#behave(resolve);
  }
}
const UNUSUAL: [what: string, behave: (resolve: () => void) => void, failures: number][] = [
  [
    'throws in then',
    () => {
      throw new Error('boom');
    },
    1,
  ],
  ['calls back twice, and at once', (resolve) => (resolve(), resolve()), 0],
];

it.for(UNUSUAL)('A flush ends if a listener returns a promise that %s.', async ([, behave, failures]) => {
  let runs = 0;
  const router = e.router().on('cat.spotted', () => {
    runs++;
    return new Unusual(behave);
  });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 1);
    dispatch('cat.spotted', 2);
  });
  expect((await bus.publish('cat.spotted', 3)).failures).toHaveLength(failures);
  expect(runs).toBe(3);
  await bus.drain({ timeout: 1000 });
});

it('A listener or meta may throw a value that throws when it is read.', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = () => {
    throw proxy;
  };
  const router = e
    .router()
    .on('cat.spotted', fail)
    .on('cat.spotted', fail, { name: 'retried', retry: { attempts: 2, minDelay: 0 } });
  const codes: string[] = [];
  const bus = e.bus({ handlers: [router], onError: ({ error }) => void codes.push(error.code) });
  expect((await bus.publish('cat.spotted', 1)).failures).toHaveLength(2);
  const unnamed = e.bus({
    handlers: [router],
    meta: fail,
    onError: ({ error }) => void codes.push(error.code),
  });
  const t = initTRPC.create();
  const procedure = t.procedure.use(unnamed.middleware()).query(({ ctx }) => ctx.dispatch('cat.spotted', 1));
  await t.createCallerFactory(t.router({ procedure }))({}).procedure();
  expect(codes).toEqual(['LISTENER_FAILED', 'LISTENER_FAILED', 'META_FAILED']);
  await bus.drain({ timeout: 1000 });
});

it('handleMany may answer with failures that throw when they are read.', async () => {
  const answer = {
    get failures(): never {
      throw new Error('boom');
    },
  };
  const handler = { name: 'many', handleMany: async () => answer };
  const bus = e.bus({ handlers: [handler], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toMatchObject([{ error: { message: expect.stringContaining('handleMany may return') } }]);
  await bus.drain({ timeout: 1000 });
});

it('A listener may call the flush that runs it again, which does not run it twice.', async () => {
  let flush!: () => Promise<void>;
  let runs = 0;
  const router = e.router().on('cat.spotted', () => {
    if (++runs < 5) void flush();
  });
  const held: DeferStrategy = { name: 'held', start: (begin) => void (flush = begin) };
  const bus = e.bus({ handlers: [router], defer: held });
  const t = initTRPC.create();
  const app = t.router({
    spot: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('cat.spotted', 1)),
  });
  await t.createCallerFactory(app)({}).spot();
  await flush();
  expect(runs).toBe(1);
  await bus.drain({ timeout: 1000 });
});

it.each<[string, object]>([
  ['', {}],
  [' that has a timeout', { timeout: 1000 }],
  [' that is retried', { name: 'retried', retry: { attempts: 2, minDelay: 0 } }],
  [' that has concurrency', { concurrency: 1 }],
])("A flush ends if a listener%s returns a promise whose constructor can't be read.", async (_, options) => {
  const fault = new Error('no constructor');
  let runs = 0;
  const router = e.router().on(
    'cat.spotted',
    () => {
      runs++;
      const get = () => {
        throw fault;
      };
      return Object.defineProperty(Promise.resolve(), 'constructor', { get });
    },
    options,
  );
  const causes: unknown[] = [];
  const bus = e.bus({ handlers: [router], onError: ({ error }) => void causes.push(error.cause) });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 1);
    dispatch('cat.spotted', 2);
  });
  expect((await bus.publish('cat.spotted', 3)).failures).toHaveLength(1);
  expect(runs).toBe('retry' in options ? 6 : 3);
  expect(causes).toEqual([fault, fault, fault]);
  await bus.drain({ timeout: 1000 });
});
