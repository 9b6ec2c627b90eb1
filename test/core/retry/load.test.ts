import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { initTRPC } from '@trpc/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { printFigure } from '../../setup/figure.ts';
import { e } from '../shop.ts';

const CALLS = 100_000;
const PENDING = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Returns the memory that is still held after a garbage collection, in MB. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

it(`${CALLS} events at once, with a limit of ${PENDING} pending, are all handled, and nothing is held afterward.`, async () => {
  // Time passes slowly, so that even on a slow machine no wait of 1 ms, and no call that waits, comes near the 10 s that
  // a call may wait.
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  const clock = setInterval(() => vi.advanceTimersByTime(1), 8);
  onTestFinished(() => {
    clearInterval(clock);
    vi.useRealTimers();
  });
  const t = initTRPC.create();
  const handled = new Uint8Array(CALLS);
  let running = 0;
  let most = 0;
  const router = e.router();
  router.on(
    'cat.spotted',
    async ({ event, attempt }) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      // A tenth of the events is retried.
      if (attempt === 1 && (event.payload as number) % 10 === 0) throw new Error('once more');
      handled[event.payload as number]!++;
    },
    { name: 'count', concurrency: 500, timeout: 60_000, retry: { attempts: 2, minDelay: 1, jitter: 0 } },
  );
  const reports: string[] = [];
  const bus = e.bus({
    handlers: [router],
    limits: { pending: PENDING },
    onError: ({ error }) => void reports.push(error.code),
    defer: { name: 'held', start: (flush) => void setTimeout(flush, 0) },
  });
  const { spot } = t.createCallerFactory(
    t.router({
      spot: t.procedure
        .use(bus.middleware())
        .input((input) => input as number)
        .mutation(({ ctx, input }) => ctx.dispatch('cat.spotted', input)),
    }),
  )({});
  await spot(0);
  await bus.drain();
  handled.fill(0);
  const before = heap();
  let open = 0;
  let waited = 0;
  await Promise.all(
    Array.from({ length: CALLS }, async (_, i) => {
      open++;
      await spot(i);
      open--;
      // This call has waited for its own event.
      if (handled[i] === 1) waited++;
    }),
  );
  const full = heap();
  await bus.drain();
  expect(handled.every((times) => times === 1)).toBe(true);
  expect([most, running, open]).toEqual([500, 0, 0]);
  expect(waited).toBeGreaterThanOrEqual(CALLS - PENDING);
  expect(reports).toEqual(['LIMIT_EXCEEDED']);
  const after = heap();
  printFigure(
    `${CALLS} events, ${waited} calls waited for their own: the heap grew by ${(after - before).toFixed(1)} MB (at most 20), ${(full - before).toFixed(1)} MB when the last call had returned`,
  );
  expect(after - before).toBeLessThan(20);
}, 180_000);
