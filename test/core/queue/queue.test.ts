import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type AnyEvent,
  type DeadLetter,
  type DeliveryInfo,
  type ErrorReport,
  type EventForwarder,
  type EventObserver,
  type HandleManyOptions,
  type SendInfo,
} from '../../../src/index.ts';
import { memoryConsumer, memoryForwarder, MemoryQueue } from './memory-queue.ts';
import { gate, turn } from '../../setup/async.ts';

const catalog = defineEvents({
  'order.placed': z.object({ id: z.string() }),
  'mail.sent': z.object({ to: z.string() }),
});
const e = initEvents.create(catalog);
const order = { id: '1' };

/** Makes a process that only sends, and a queue. */
function web() {
  const queue = new MemoryQueue();
  const bus = e.bus({ handlers: [memoryForwarder(queue, { local: false })] });
  return { queue, bus };
}

/** Makes a worker on a queue, with what its observer saw. */
function worker(
  queue: MemoryQueue,
  router: ReturnType<typeof e.router>,
  observer: Partial<EventObserver> = {},
) {
  const errors: ErrorReport[] = [];
  const deliveries: DeliveryInfo[] = [];
  const seen: EventObserver = {
    name: 'seen',
    wrapDelivery: (info, run) => (deliveries.push(info), void run()),
    ...observer,
  };
  const bus = e.bus({ handlers: [router], observers: [seen], onError: (report) => void errors.push(report) });
  return { bus, errors, deliveries, consumer: memoryConsumer(bus, queue) };
}

const until = (check: () => boolean) => vi.waitUntil(check, { timeout: 2000, interval: 1 });

it('An event goes through the queue to the listeners of a worker, and says where it came from.', async () => {
  const { queue, bus: sender } = web();
  const router = e.router();
  const got: AnyEvent[] = [];
  router.on('order.placed', ({ event }) => void got.push(event), { name: 'ship' });
  const { bus, deliveries } = worker(queue, router);
  const { event } = await sender.publish('order.placed', order);
  await until(() => got.length > 0);
  expect(got).toMatchObject([{ id: event.id, payload: order }]);
  expect(deliveries).toMatchObject([
    {
      attempt: 1,
      from: { system: 'memory', destination: 'orders', messageId: expect.any(String) },
      listener: undefined,
    },
  ]);
  await Promise.all([bus.close(), sender.close()]);
  expect(queue.waiting).toEqual([]);
});

it('A message whose listener failed comes back to that listener, and to no other.', async () => {
  const { queue, bus: sender } = web();
  const runs: string[] = [];
  const router = e.router();
  router.on('order.placed', ({ listener }) => void runs.push(listener), { name: 'ship' });
  router.on('order.placed', ({ listener }) => fail(listener, 2), { name: 'bill' });
  router.on('order.placed', ({ listener }) => fail(listener, 1), { name: 'count' });
  function fail(listener: string, times: number) {
    runs.push(listener);
    if (runs.filter((run) => run === listener).length <= times) throw new Error('down');
  }
  const { bus, deliveries } = worker(queue, router);
  await sender.publish('order.placed', order);
  await until(() => runs.length === 6);
  await turn();
  expect(runs).toEqual(['ship', 'bill', 'count', 'bill', 'count', 'bill']);
  expect(deliveries.map(({ attempt, listener }) => [attempt, listener])).toEqual([
    [1, undefined],
    [2, ['bill', 'count']],
    [3, ['bill']],
  ]);
  await bus.close();
  expect(queue.waiting).toEqual([]);
});

it('A message comes back if what a listener has chained fails, to the listener that began the chain.', async () => {
  const { queue, bus: sender } = web();
  const runs: string[] = [];
  const ids: string[] = [];
  const router = e.router();
  router.on('order.placed', ({ ctx }) => (runs.push('ship'), ctx.dispatch('mail.sent', { to: 'a' })), {
    name: 'ship',
  });
  router.on('order.placed', () => void runs.push('count'), { name: 'count' });
  router.on(
    'mail.sent',
    async ({ event }) => {
      runs.push('mail');
      ids.push(event.id);
      await turn();
      if (ids.length === 1) throw new Error('down');
    },
    { name: 'mail' },
  );
  const { bus } = worker(queue, router);
  await sender.publish('order.placed', order);
  await until(() => ids.length === 2);
  await bus.close();
  expect(runs).toEqual(['ship', 'count', 'mail', 'ship', 'mail']);
  // The id of the chained event is the same, so a consumer that dedupes recognizes it.
  expect(ids[0]).toBe(ids[1]);
  expect(queue.waiting).toEqual([]);
});

it('A worker that is disabled leaves the queue as it is.', async () => {
  const { queue, bus: sender } = web();
  await sender.publish('order.placed', order);
  vi.stubEnv('TRPC_EVENTS_DISABLED', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const router = e.router().on('order.placed', () => {});
  const refused: (string | undefined)[] = [];
  const { consumer, errors } = worker(queue, router, {
    refused: ({ code }, { from }) => void refused.push(code, from?.destination),
  });
  await until(() => consumer.isStopped);
  expect(queue.waiting).toHaveLength(1);
  expect(errors).toMatchObject([{ error: { code: 'DISABLED' } }]);
  expect(refused).toEqual(['DISABLED', 'orders']);
});

it('Observers hear of each message that was refused, by its code.', async () => {
  const queue = new MemoryQueue();
  const refused: unknown[] = [];
  const { bus, errors } = worker(
    queue,
    e.router().on('*', () => {}),
    {
      refused: ({ code }, { from }) => void refused.push([code, from?.system]),
    },
  );
  const message = { specversion: '1.0', id: 'a', source: '/x', time: '2026-01-01T00:00:00Z', data: order };
  await queue.send([
    JSON.stringify({ ...message, type: 'order.shipped' }),
    JSON.stringify({ ...message, type: 'order.placed', data: { id: 7 } }),
  ]);
  await until(() => queue.refused.length === 1);
  expect(refused.slice(0, 2)).toEqual([
    ['UNKNOWN_EVENT', 'memory'],
    ['BAD_MESSAGE', 'memory'],
  ]);
  expect(errors.slice(0, 2).map(({ error }) => error.code)).toEqual(['UNKNOWN_EVENT', 'BAD_MESSAGE']);
  await bus.close();
  // A newer version of the worker may know the event, so it stays.
  expect([queue.waiting.length, queue.refused.length]).toEqual([1, 1]);
});

it('A budget ends the retries of a delivery, and the message comes back.', async () => {
  const { queue, bus: sender } = web();
  const attempts: number[] = [];
  const router = e.router();
  router.on('order.placed', ({ attempt }) => (attempts.push(attempt), Promise.reject(new Error('down'))), {
    name: 'ship',
    retry: { attempts: 5, minDelay: 60_000 },
  });
  const { bus, deliveries } = worker(queue, router);
  await sender.publish('order.placed', order);
  await until(() => deliveries.length > 2);
  expect(new Set(attempts)).toEqual(new Set([1]));
  await bus.close();
});

it('close stops the consumer first: the message that it has taken is done, and the others stay.', async () => {
  const { queue, bus: sender } = web();
  const { promise, open } = gate();
  const done: string[] = [];
  const router = e.router();
  router.on('order.placed', async ({ event, ctx }) => {
    await promise;
    ctx.dispatch('mail.sent', { to: event.payload.id });
  });
  router.on('mail.sent', ({ event }) => void done.push(event.payload.to));
  const { bus } = worker(queue, router);
  for (const id of ['1', '2']) await sender.publish('order.placed', { id });
  await until(() => bus.pending === 1);
  const closed = bus.close({ timeout: 2000 });
  await turn();
  // The source is being stopped, so the bus still accepts what belongs to its message.
  open();
  await closed;
  expect(done).toEqual(['1']);
  expect(queue.waiting).toHaveLength(1);
});

it('Each send is wrapped once, with its events, for one flush of several.', async () => {
  const { queue, bus } = web();
  const sends: SendInfo[] = [];
  bus.observe({ name: 'sends', wrapSend: (info, run) => (sends.push(info), void run()) });
  await bus.scope(({ dispatch }) => {
    dispatch('order.placed', { id: '1' });
    dispatch('mail.sent', { to: 'a' });
  });
  expect(sends).toMatchObject([
    {
      forwarder: 'memory',
      system: 'memory',
      destination: 'orders',
      events: [{ name: 'order.placed' }, { name: 'mail.sent' }],
    },
  ]);
  expect(queue.waiting).toHaveLength(2);
});

/** Gathers the events of several flushes for 5 ms, and sends them as one batch. */
function gathering(
  queue: MemoryQueue,
  sendTexts = (texts: readonly string[]) => queue.send(texts),
): EventForwarder {
  let batch: { readonly events: AnyEvent[]; readonly sent: Promise<void> } | undefined;
  const codec = memoryForwarder(queue).codec!;
  return {
    name: 'gathering',
    remote: true,
    local: false,
    codec,
    async handleMany(events, { send, signal }) {
      batch ??= { events: [], sent: later(send) };
      batch.events.push(...events);
      const aborted = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
      await Promise.race([batch.sent, aborted]);
    },
  };
  async function later(send: HandleManyOptions['send']): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { events } = batch!;
    batch = undefined;
    await send({ system: 'memory', destination: queue.name, events }, () =>
      sendTexts(events.map((event) => codec.encode(event))),
    );
  }
}

it('A forwarder that gathers several flushes sends them as one, and a drain waits for it.', async () => {
  const queue = new MemoryQueue();
  const sends: SendInfo[] = [];
  const observer: EventObserver = { name: 'sends', wrapSend: (info, run) => (sends.push(info), void run()) };
  await using bus = e.bus({ handlers: [gathering(queue)], observers: [observer] });
  for (const id of ['1', '2', '3']) void bus.publish('order.placed', { id });
  await bus.drain();
  expect([queue.waiting.length, sends.map(({ events }) => events.length)]).toEqual([3, [3]]);
});

it('A close that runs out of time fails what a forwarder holds, and it can be sent again later.', async () => {
  const queue = new MemoryQueue();
  const letters: DeadLetter[] = [];
  const bus = e.bus({
    handlers: [gathering(queue, () => new Promise(() => {}))],
    onError() {},
    deadLetter: (letter) => void letters.push(letter),
  });
  for (const id of ['1', '2']) void bus.publish('order.placed', { id });
  await expect(bus.close({ timeout: 30 })).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
  expect(letters.map(({ listener, reason }) => [listener, reason])).toEqual([
    ['gathering', 'closed'],
    ['gathering', 'closed'],
  ]);
  await using next = e.bus({ handlers: [gathering(queue)] });
  for (const { event, listener } of letters)
    expect((await next.deliver(event, { listener })).failures).toEqual([]);
  expect(queue.waiting).toHaveLength(2);
});

it('A forwarder knows the deadline of a delivery that it repeats.', async () => {
  const deadlines: number[] = [];
  const queue = new MemoryQueue();
  const forwarder = memoryForwarder(queue, {
    local: false,
    handleMany: (_, { deadline }) => void deadlines.push(deadline),
  });
  await using bus = e.bus({ handlers: [forwarder] });
  const { event } = await bus.publish('order.placed', order);
  await bus.deliver(event, { listener: 'memory', budget: 5000 });
  expect(deadlines[0]).toBe(Number.POSITIVE_INFINITY);
  expect(deadlines[1]! - Date.now()).toSatisfy((left: number) => left > 4000 && left <= 5000);
});

it('A ctx that a listener beside the forwarder needs, and that can not be made, fails only the listener.', async () => {
  for (const way of ['handle', 'handleMany'] as const) {
    const queue = new MemoryQueue();
    const { handleMany, ...rest } = memoryForwarder(queue, { local: true });
    const forwarder: EventForwarder =
      way === 'handleMany'
        ? { ...rest, handleMany: handleMany! }
        : { ...rest, handle: (event, options) => handleMany!([event], options) };
    const router = e.router().on('order.placed', () => {}, { name: 'ship' });
    const createContext = () => Promise.reject(new Error('no db'));
    await using bus = e.bus({ handlers: [router, forwarder], createContext, onError() {} });
    const { failures } = await bus.publish('order.placed', order);
    expect(failures.map(({ listener }) => listener)).toEqual(['ship']);
    expect(queue.waiting).toHaveLength(1);
  }
});

it('An event is forwarded though createContext throws, and though there is none.', async () => {
  const app = initEvents.context<{ db: string }>().create(catalog);
  for (const createContext of [undefined, () => Promise.reject(new Error('no db'))]) {
    for (const way of ['handle', 'handleMany'] as const) {
      const queue = new MemoryQueue();
      const forwarder = memoryForwarder(queue, { local: false });
      const { handleMany, ...rest } = forwarder;
      const one: EventForwarder = { ...rest, handle: (event, options) => handleMany!([event], options) };
      const bus = app.bus({ handlers: [way === 'handle' ? one : forwarder], createContext });
      const { event } = await bus.publish('order.placed', order);
      const { failures } = await bus.deliver(event, { listener: 'memory' });
      expect([failures, queue.waiting.length]).toEqual([[], 2]);
    }
  }
});
