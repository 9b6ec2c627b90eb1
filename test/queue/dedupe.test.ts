import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type ErrorReport } from '../../src/index.ts';
import {
  deliveryKey,
  memoryDedupe,
  receiver,
  type DedupeStore,
  type MessageLease,
} from '../../src/queue/index.ts';
import { thrownBy } from '../core/shop.ts';
import { sqlDedupe } from '../docs/sql-dedupe.ts';
import { gate, until } from '../setup/async.ts';

const e = initEvents.create(
  defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.object({ to: z.string() }) }),
);
const where = { name: 'worker', system: 'memory', destination: 'orders' };
const message = {
  text: '{"specversion":"1.0","id":"event","type":"order.placed","source":"/shop","data":{"id":"1"}}',
  id: 'm-1',
};
const pauseBy = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const down = () => Promise.reject(new Error('down'));

const STORES = { memory: () => memoryDedupe(), SQL: sqlDedupe };

describe.each(Object.entries(STORES))('%s', (_, make) => {
  it('A key is claimed once, then busy, then done; a released one can be claimed again.', async () => {
    const store = await make();
    expect([await store.claim('a', 1000), await store.claim('a', 1000)]).toEqual(['run', 'busy']);
    await store.release('a');
    expect(await store.claim('a', 1000)).toBe('run');
    await store.complete('a');
    expect([await store.claim('a', 1000), await store.claim('b', 1000)]).toEqual(['done', 'run']);
  });

  it('Nothing changes a key that is done.', async () => {
    const store = await make();
    await store.claim('a', 1000);
    await store.complete('a');
    await store.extend('a', 1);
    await store.release('a');
    await pause(5);
    expect(await store.claim('a', 1000)).toBe('done');
  });

  it('A claim ends with its lease, unless it was extended.', async () => {
    const store = await make();
    await store.claim('over', 5);
    await store.claim('extended', 5);
    await store.extend('extended', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([await store.claim('over', 1000), await store.claim('extended', 1000)]).toEqual(['run', 'busy']);
  });

  it('A message that comes again runs only the listeners that have failed, or whose chain has.', async () => {
    const runs: string[] = [];
    const router = e.router();
    const times = (name: string) => runs.filter((run) => run === name).length;
    router.on('order.placed', ({ listener }) => void runs.push(listener), { name: 'ship' });
    router.on(
      'order.placed',
      ({ listener }) => (runs.push(listener), times(listener) === 1 ? down() : undefined),
      { name: 'bill' },
    );
    router.on(
      'order.placed',
      ({ listener, ctx }) => (runs.push(listener), ctx.dispatch('mail.sent', { to: 'a' })),
      { name: 'chain' },
    );
    router.on(
      'mail.sent',
      ({ listener }) => (runs.push(listener), times(listener) === 1 ? down() : undefined),
      { name: 'mail' },
    );
    const receive = receiver(e.bus({ handlers: [router], onError() {} }), { ...where, dedupe: await make() });
    const verdicts = [await receive(message), await receive(message), await receive(message)];
    expect(verdicts).toEqual(['retry', 'acknowledge', 'acknowledge']);
    expect(runs).toEqual(['ship', 'bill', 'chain', 'mail', 'bill', 'chain', 'mail']);
    expect(receive.counts).toMatchObject({ received: 3, acknowledged: 2, failed: 1, skipped: 1 });
  });
});

it('A message whose listener another process is running is left, and keeps no claim.', async () => {
  const store = memoryDedupe();
  const { promise, open } = gate();
  const router = e.router();
  router.on('order.placed', () => {}, { name: 'quick' });
  router.on('order.placed', () => promise, { name: 'slow' });
  const bus = e.bus({ handlers: [router] });
  const [one, other] = [
    receiver(bus, { ...where, dedupe: store }),
    receiver(bus, { ...where, dedupe: store }),
  ];
  const first = one(message);
  await until(() => bus.pending === 1);
  expect(await other(message)).toBe('leave');
  expect(other.counts).toMatchObject({ failed: 0, refused: 0, skipped: 0 });
  open();
  expect(await first).toBe('acknowledge');
  expect(await other(message)).toBe('acknowledge');
});

it('A listener that was free is free again if a later one of the same message is busy.', async () => {
  const store = memoryDedupe();
  const event = { id: 'event', source: '/shop' };
  const router = e.router();
  router.on('order.placed', () => {}, { name: 'free' });
  router.on('order.placed', () => {}, { name: 'busy' });
  await store.claim(deliveryKey(event, 'busy'), 60_000);
  const receive = receiver(e.bus({ handlers: [router] }), { ...where, dedupe: store });
  expect(await receive(message)).toBe('leave');
  expect(await store.claim(deliveryKey(event, 'free'), 1000)).toBe('run');
});

it('The lease of the message is that of the claims, and is extended with it.', async () => {
  const store = memoryDedupe();
  const calls: unknown[] = [];
  const seen: DedupeStore = {
    ...store,
    claim: (key, ms) => (calls.push(['claim', ms]), store.claim(key, ms)),
    extend: (key, ms) => (calls.push(['extend', ms]), store.extend(key, ms)),
  };
  const { promise, open } = gate();
  let isRunning = false;
  const router = e.router().on('order.placed', () => ((isRunning = true), promise), { name: 'slow' });
  const receive = receiver(e.bus({ handlers: [router] }), { ...where, dedupe: seen });
  const lease: MessageLease = { ms: 500 };
  const received = receive({ ...message, lease });
  await until(() => isRunning);
  lease.extended!(700);
  open();
  expect(await received).toBe('acknowledge');
  expect(calls).toEqual([
    ['claim', 450],
    ['extend', 630],
  ]);
  // The receiver must not extend a claim anymore, because that could only shorten how long a finished key is kept.
  expect(lease.extended).toBeUndefined();
});

it('Dedupe goes by what is left of the lease: a message that waited before its listeners ran is claimed for less.', async () => {
  const claimed: number[] = [];
  const dedupe = { ...memoryDedupe(), claim: (_: string, ms: number) => (claimed.push(ms), 'run' as const) };
  const router = e.router().on('order.placed', () => {}, { name: 'ship' });
  const receive = receiver(e.bus({ handlers: [router] }), { ...where, dedupe });
  for (const ms of [30_000, 300, 0]) await receive({ ...message, lease: { ms } });
  expect(claimed).toEqual([29_000, 270, 1]);
});

it.each([undefined, 'OK', true, 1])(
  'A claim that is answered by %s leaves the message, and is reported.',
  async (answer) => {
    const reports: string[] = [];
    const work = vi.fn(() => {});
    const bus = e.bus({
      handlers: [e.router().on('order.placed', work, { name: 'ship' })],
      onError: ({ error }) => void reports.push(error.message),
    });
    const dedupe = { ...memoryDedupe(), claim: () => answer as never };
    const receive = receiver(bus, { ...where, dedupe });
    expect(await receive(message)).toBe('leave');
    expect(work).not.toHaveBeenCalled();
    expect(reports).toEqual([
      expect.stringContaining("claim of the dedupe store must return 'run', 'done' or 'busy', and returned"),
    ]);
  },
);

it('A store that hangs holds a message no longer than the broker hides it.', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const never = () => new Promise<never>(() => {});
  for (const [hanging, verdict] of [
    ['claim', 'leave'],
    ['complete', 'acknowledge'],
  ] as const) {
    const reports: string[] = [];
    const bus = e.bus({
      handlers: [e.router().on('order.placed', () => {}, { name: 'ship' })],
      onError: ({ error }) => void reports.push(error.message),
    });
    const receive = receiver(bus, { ...where, dedupe: { ...memoryDedupe(), [hanging]: never } });
    const received = receive({ ...message, lease: { ms: 2000 } });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await received).toBe(verdict);
    expect(reports).toEqual([expect.stringContaining('The dedupe store has not answered for 2000 ms')]);
  }
});

it('Each listener is claimed for what is left then; a claim that comes too late is given back.', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const store = memoryDedupe();
  const claims: [key: string, ms: number][] = [];
  const router = e.router();
  for (const name of ['a', 'b', 'c']) router.on('order.placed', () => {}, { name });
  const bus = e.bus({ handlers: [router], onError() {} });
  const dedupe: DedupeStore = {
    ...store,
    async claim(key, ms) {
      claims.push([key, ms]);
      await pauseBy(key.includes('"c"') ? 20_000 : 1200);
      return store.claim(key, ms);
    },
  };
  const end = performance.now() + 10_000;
  const lease = {
    get ms() {
      return end - performance.now();
    },
  };
  const received = receiver(bus, { ...where, dedupe })({ ...message, lease });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await received).toBe('leave');
  expect(claims.map(([, ms]) => ms)).toEqual([9000, 7920, 6840]);
  // No claim is kept, so each key can be claimed again.
  for (const [key] of claims) expect(await store.claim(key, 1)).toBe('run');
});

it('A message that was given back while the store was asked runs no listener, and keeps no claim.', async () => {
  const store = memoryDedupe();
  const { promise, open } = gate();
  const work = vi.fn(() => {});
  const bus = e.bus({ handlers: [e.router().on('order.placed', work, { name: 'ship' })] });
  const dedupe = {
    ...store,
    claim: async (key: string, ms: number) => (await promise, store.claim(key, ms)),
  };
  const controller = new AbortController();
  const received = receiver(bus, { ...where, dedupe })({ ...message, signal: controller.signal });
  controller.abort();
  open();
  expect(await received).toBe('leave');
  expect(work).not.toHaveBeenCalled();
  expect(await receiver(bus, { ...where, dedupe: store })(message)).toBe('acknowledge');
});

it('A claim that has ended by itself is not released: another process may have it.', async () => {
  const store = memoryDedupe();
  const release = vi.spyOn(store, 'release');
  const bus = e.bus({
    handlers: [
      e
        .router()
        .on('order.placed', () => pause(60).then(() => Promise.reject(new Error('down'))), { name: 'ship' }),
    ],
    onError() {},
  });
  const receive = receiver(bus, { ...where, dedupe: store });
  expect(await receive({ ...message, lease: { ms: 20 } })).toBe('retry');
  expect(release).not.toHaveBeenCalled();
});

it('An event whose id is no well-formed text is told apart like any other.', async () => {
  const bus = e.bus({ handlers: [e.router().on('order.placed', () => {}, { name: 'ship' })] });
  const receive = receiver(bus, { ...where, dedupe: memoryDedupe() });
  const odd = { ...message, text: message.text.replace('"event"', String.raw`"\ud800"`) };
  expect(await receive(odd)).toBe('acknowledge');
  expect(await receive(odd)).toBe('acknowledge');
  expect(receive.counts.skipped).toBe(1);
});

it('A store or a codec without its methods is refused when the receiver is made.', () => {
  const bus = e.bus({ handlers: [e.router()] });
  for (const [option, words] of [
    ['dedupe', 'a store with claim, extend, complete and release, such as memoryDedupe()'],
    ['codec', 'a codec, such as cloudEvents()'],
  ] as const)
    expect(thrownBy(() => receiver(bus, { ...where, [option]: {} as never }))).toMatchObject({
      code: 'BAD_OPTION',
      message: `receiver: ${option} must be ${words}, not an object.`,
    });
});

it('A store that fails at a claim lets the message be left; at its end, it is reported.', async () => {
  const store = memoryDedupe();
  const boom = new Error('no store');
  for (const [broken, verdict] of [
    ['claim', 'leave'],
    ['complete', 'acknowledge'],
    ['release', 'retry'],
  ] as const) {
    const reports: ErrorReport[] = [];
    const work = broken === 'release' ? down : () => {};
    const router = e.router().on('order.placed', work, { name: 'ship' });
    const bus = e.bus({ handlers: [router], onError: (report) => void reports.push(report) });
    const receive = receiver(bus, {
      ...where,
      dedupe: { ...memoryDedupe(), [broken]: () => Promise.reject(boom) },
    });
    expect(await receive(message)).toBe(verdict);
    expect(reports.filter(({ error }) => error.code === 'RECEIVE_FAILED')).toMatchObject([
      { error: { message: 'worker, message m-1: Error: no store', cause: boom } },
    ]);
  }
  expect(await store.claim('unused', 1)).toBe('run');
});

it('A message that is refused after its claims gives them back.', async () => {
  const store = memoryDedupe();
  const release = vi.spyOn(store, 'release');
  const router = e.router().on('order.placed', () => {}, { name: 'ship' });
  const receive = receiver(e.bus({ handlers: [router], onError() {} }), { ...where, dedupe: store });
  expect(await receive({ ...message, text: message.text.replace('"1"', '7') })).toBe('leave');
  expect(release).toHaveBeenCalledTimes(1);
  expect(await receive(message)).toBe('acknowledge');
});

it('Dedupe refuses a listener without a given name when it is made, and one that comes later by leaving its messages.', async () => {
  const router = e.router();
  const reports: ErrorReport[] = [];
  const bus = e.bus({ handlers: [router], onError: (report) => void reports.push(report) });
  const receive = receiver(bus, { ...where, dedupe: memoryDedupe() });
  router.on('order.placed', function index() {});
  const text =
    'dedupe needs listeners with a given name, because a derived name may change, and "index" has none.';
  expect(thrownBy(() => receiver(bus, { ...where, dedupe: memoryDedupe() }))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
  expect(await receive(message)).toBe('leave');
  expect(reports).toMatchObject([{ error: { code: 'BAD_OPTION', message: expect.stringContaining(text) } }]);
});

it('A key tells events of different sources, ids and listeners apart, whatever they contain.', () => {
  const keys = [
    deliveryKey({ id: 'a b' }, 'c'),
    deliveryKey({ id: 'a' }, 'b c'),
    deliveryKey({ source: 'a', id: 'b' }, 'c'),
    deliveryKey({ source: '/shop', id: 'a' }, 'c'),
    deliveryKey({ id: 'a' }, 'c'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

it('A listener that completes in its own transaction is skipped, though its process died before the end.', async () => {
  const store = memoryDedupe();
  let runs = 0;
  const router = e.router();
  router.on(
    'order.placed',
    async ({ event, listener }) => {
      runs++;
      await store.complete(deliveryKey(event, listener));
    },
    { name: 'audit' },
  );
  const bus = e.bus({ handlers: [router] });
  // The receiver of the first delivery died, so only the listener itself has completed the key.
  await bus.deliver({
    id: 'event',
    source: '/shop',
    name: 'order.placed',
    payload: { id: '1' },
    time: new Date(),
  });
  expect(await receiver(bus, { ...where, dedupe: store })(message)).toBe('acknowledge');
  expect(runs).toBe(1);
});

it('The memory forgets the oldest key above its limit, and a done one after its time.', async () => {
  const store = memoryDedupe({ max: 2, ttl: 5 });
  for (const key of ['a', 'b', 'c']) await store.claim(key, 1000);
  expect(await store.claim('a', 1000)).toBe('run');
  await store.complete('c');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await store.claim('c', 1000)).toBe('run');
  expect(() => memoryDedupe({ max: 0 })).toThrow('memoryDedupe: max must be a positive integer, not 0.');
});
