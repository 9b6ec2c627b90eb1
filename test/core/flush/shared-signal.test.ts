import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { EventHandler } from '../../../src/index.ts';
import { printFigure } from '../../setup/figure.ts';
import { e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const message = (i: number) => ({ id: `${i}`, name: 'cat.spotted', payload: i, time: new Date(0) });

/** Returns the size of the heap after a garbage collection, in bytes. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

const hear = (signal: AbortSignal) => signal.addEventListener('abort', () => {});
const DELIVERIES = 20_000;

it.each<[string, EventHandler]>([
  ['a listener', e.router().on('cat.spotted', ({ signal }) => hear(signal))],
  [
    'an async listener',
    e.router().on('cat.spotted', async ({ signal }) => {
      hear(signal);
      await turn();
    }),
  ],
  [
    'a listener with a timeout',
    e.router().on('cat.spotted', ({ signal }) => hear(signal), { timeout: 5000 }),
  ],
  ['a handler', { name: 'mine', handle: (_, { signal }) => hear(signal) }],
])(
  'One signal serves 20,000 deliveries, and holds nothing of them, though %s listens to its own.',
  { timeout: 60_000 },
  async (what, handler) => {
    await using bus = e.bus({ handlers: [handler] });
    const { signal } = new AbortController();
    const deliverMany = async (many: number) => {
      for (let i = 0; i < many; i += 100)
        await Promise.all(Array.from({ length: 100 }, (_, j) => bus.deliver(message(i + j), { signal })));
    };
    await deliverMany(2000);
    const before = await heap();
    await deliverMany(DELIVERIES);
    const each = ((await heap()) - before) / DELIVERIES;
    printFigure(`${what}: ${each.toFixed(0)} bytes stay of a delivery (at most 100)`);
    expect(each).toBeLessThan(100);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  },
);

it('The signal of a running attempt aborts with its delivery, and that of an ended one does not.', async () => {
  const signals: AbortSignal[] = [];
  const { promise, open } = gate();
  const router = e.router().on('cat.spotted', ({ event, signal }) => {
    signals.push(signal);
    return event.payload === 1 ? undefined : promise;
  });
  await using bus = e.bus({ handlers: [router] });
  const stop = new AbortController();
  await bus.deliver(message(1), { signal: stop.signal });
  const running = bus.deliver(message(2), { signal: stop.signal });
  await turn();
  const reason = new Error('the worker stops');
  stop.abort(reason);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  expect(signals[1]!.reason).toBe(reason);
  open();
  await running;
});
