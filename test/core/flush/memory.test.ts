import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { printFigure } from '../../setup/figure.ts';
import { e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Returns the size of the heap after a garbage collection, in MB. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc();
    await turn();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

it('100,000 calls with 10 events each change the heap by less than 5 MB.', { timeout: 120_000 }, async () => {
  let heard = 0;
  const router = e.router();
  router.on('user.created', () => void heard++);
  router.on('user.*', async () => void heard++);
  router.on('order.placed', ({ ctx }) => ctx.dispatch('cache.cleared'));
  router.on('cache.cleared', () => void heard++);
  await using bus = e.bus({ handlers: [router] });
  const t = initTRPC.create();
  const procedures = t.router({
    create: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
      for (let i = 0; i < 9; i++) ctx.dispatch('user.created', { id: `${i}` });
      e.dispatch('order.placed', { id: '1' });
    }),
  });
  const call = t.createCallerFactory(procedures)({}).create;
  for (let i = 0; i < 5000; i++) await call();
  const before = await heap();
  for (let i = 0; i < 100_000; i++) await call();
  const grown = (await heap()) - before;
  expect(heard).toBe(105_000 * 19);
  printFigure(`100,000 calls with 10 events each: the heap moved by ${grown.toFixed(3)} MB (at most 5)`);
  expect(Math.abs(grown)).toBeLessThan(5);
});

it('A router holds its buses weakly, and no longer holds listeners that were removed.', async () => {
  const router = e.router().on('*', () => {});
  const buses = Array.from({ length: 20 }, () => new WeakRef(e.bus({ handlers: [router] })));
  const off = new AbortController();
  let listener: (() => void) | undefined = () => {};
  const held = new WeakRef(listener);
  router.on('*', listener, { signal: off.signal });
  listener = undefined;
  off.abort();
  await heap();
  expect(buses.filter((bus) => bus.deref() !== undefined)).toHaveLength(0);
  expect(held.deref()).toBe(undefined);
  router.on('*', () => {});
});

it('A timer that a listener started holds neither the ctx of its event nor the flush.', async () => {
  const contexts: WeakRef<object>[] = [];
  const timers: NodeJS.Timeout[] = [];
  const router = e.router().on('cat.spotted', () => {
    timers.push(setTimeout(() => {}, 60_000));
  });
  const createContext = () => {
    const ctx = { large: new Uint8Array(1000) };
    contexts.push(new WeakRef(ctx));
    return ctx;
  };
  const bus = e.bus({ handlers: [router], createContext });
  for (let i = 0; i < 20; i++) await bus.publish('cat.spotted', i);
  await heap();
  expect(contexts.filter((ctx) => ctx.deref() !== undefined)).toHaveLength(0);
  for (const timer of timers) clearTimeout(timer);
});

it.each([1, 2, 3])(
  'Scopes of %i buses that start one another forever do not hold the scopes before them.',
  async (count) => {
    const buses = Array.from({ length: count }, () => e.bus({ handlers: [], unhandled: 'ignore' }));
    /** Runs scopes that each begin in a timer of the one before, and measures the heap in the last one. */
    const chain = (length: number) =>
      new Promise<number>((resolve) => {
        const next = (left: number) => {
          void buses[left % count]!.scope(({ dispatch }) => {
            dispatch('cat.spotted', left);
            if (left > 0) setImmediate(next, left - 1);
            else setImmediate(() => resolve(heap()));
          });
        };
        next(length);
      });
    const before = await chain(1000);
    expect((await chain(30_000)) - before).toBeLessThan(1);
  },
);

it('A stream that nobody reads holds nothing after it has exceeded its limit.', async () => {
  await using bus = e.bus({ handlers: [e.router().on('*', () => {})] });
  const streams = Array.from({ length: 10 }, () => bus.stream('*'));
  const before = await heap();
  for (let i = 0; i < 1001; i++) await bus.publish('cat.spotted', { large: 'x'.repeat(1000) + i });
  expect((await heap()) - before).toBeLessThan(1);
  for (const stream of streams) await expect(stream.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
