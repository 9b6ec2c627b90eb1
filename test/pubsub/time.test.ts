import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { initTRPC } from '@trpc/server';
import { expect, it, vi } from 'vitest';
import { inline } from '../../src/index.ts';
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { start } from '../servers/start.ts';
import { e, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';

vi.setConfig({ testTimeout: 30_000 });

/** The longest time that a caller waits, and how much longer it may take on a busy machine, in ms. */
const [BUDGET, LATE] = [300, 500];

const elapsed = async (work: () => Promise<unknown>) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const OUTAGES = ['gone', 'silent', 'refusing'] as const;
type Stage = Awaited<ReturnType<typeof stage>>;
/** Starts an outage. Returns a function that ends it, unless the server is gone. */
async function breakDown({ server }: Stage, how: (typeof OUTAGES)[number]): Promise<() => void> {
  if (how === 'gone') await server.goAway();
  if (how === 'silent') return server.faults.pause();
  if (how === 'refusing') return server.faults.failRequests(() => 'RESOURCE_EXHAUSTED');
  return () => {};
}

it.for(OUTAGES)('Nobody waits longer than the budget, while the server is %s.', async (how) => {
  await using it = await stage();
  // The first request loads the client, and compiles it.
  await it.flush(10);
  const end = await breakDown(it, how);
  const calls = range(50).map((n) =>
    elapsed(async () => {
      const event = {
        id: crypto.randomUUID(),
        name: 'order.placed',
        payload: { n },
        time: new Date(),
        ...(n % 2 === 0 && { key: `k${n % 5}` }),
      };
      const { failures } = await it.bus.deliver(event, { listener: 'pubsub/orders', budget: BUDGET });
      expect(failures).toHaveLength(1);
    }),
  );
  for (const ms of await Promise.all(calls)) expect(ms).toBeLessThan(BUDGET + LATE);
  end();
  expect(it.errors[0]?.error.message).toMatch(
    /its deadline is over|its deadline leaves no time for another attempt/,
  );
});

it.for(OUTAGES)('drain ends within `timeout`, while the server is %s: all is reported.', async (how) => {
  await using it = await stage({ timeout: 600 });
  await it.flush(10);
  const end = await breakDown(it, how);
  // The events of the key wait for many requests, but none waits longer than its own timeout.
  for (const at of range(10)) void it.flush(10, (n) => (n % 2 === 0 ? 'k' : undefined), 10 + at * 10);
  const ms = await elapsed(() => it.bus.drain());
  expect(ms).toBeLessThan(600 + LATE);
  expect(sorted(it.failed().keys())).toEqual(range(100, 10));
  end();
});

it('A call that dispatches never waits for the server.', async () => {
  await using it = await stage();
  const end = await breakDown(it, 'silent');
  const t = initTRPC.create();
  const place = t.procedure
    .use(it.bus.middleware())
    .mutation(({ ctx }) => ctx.dispatch('order.placed', { n: 1 }));
  await using http = await start('standalone', t.router({ place }));
  const client = http.client();
  expect(await elapsed(() => client.place.mutate())).toBeLessThan(LATE);
  expect(it.sent()).toEqual([]);
  end();
  await it.bus.drain();
  expect(it.sent()).toEqual([1]);
});

it('An answer that is lost does not take all the time of its event.', async () => {
  await using it = await stage({ timeout: 1500 });
  it.server.faults.failNext('publish', 'never answer');
  const ms = await elapsed(() => it.flush(3, () => 'k'));
  expect([it.errors.length, it.batches()]).toEqual([
    0,
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  ]);
  expect(ms).toBeGreaterThan(450);
});

it('Under inline(), a call waits no longer than its budget, and its events are dead letters.', async () => {
  await using it = await stage();
  await it.server.goAway();
  const letters: string[] = [];
  const forwarder = pubsubForwarder({ topic: 'orders', client: it.server.client() });
  const bus = e.bus({
    handlers: [forwarder],
    defer: inline({ budget: BUDGET }),
    onError: () => {},
    deadLetter: ({ event }) => void letters.push(event.id),
  });
  const t = initTRPC.create();
  const router = t.router({
    place: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('order.placed', { n: 1 })),
  });
  const caller = t.createCallerFactory(router)({});
  expect(await elapsed(() => caller.place())).toBeLessThan(BUDGET + LATE);
  expect(letters).toHaveLength(1);
  await bus.close();
});

it('Under inline(), what a call has dispatched is sent before the call returns.', async () => {
  await using it = await stage({ linger: 20 });
  const forwarder = pubsubForwarder({ topic: 'orders', client: it.server.client() });
  await using bus = e.bus({ handlers: [forwarder], defer: inline() });
  await bus.scope(({ dispatch }) => dispatch('order.placed', { n: 1 }));
  expect(it.sent()).toEqual([1]);
});

it('close that runs out of time gives up what is held, cancels the requests, and reports it as closed.', async () => {
  await using it = await stage();
  const resume = it.server.faults.pause();
  const sent = it.flush(12, (n) => (n % 2 === 0 ? 'k' : undefined)).catch(() => {});
  await expect.poll(() => it.batches().length).toBe(2);
  const ms = await elapsed(async () => {
    await expect(it.bus.close({ timeout: 50 })).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
  });
  expect(ms).toBeLessThan(50 + LATE);
  expect(sorted(it.failed().keys())).toEqual(range(12));
  expect(it.letters.every(({ reason }) => reason === 'closed')).toBe(true);
  expect(it.failed().get(0)?.message).toMatch(/could not send "order\.placed": it was aborted/);
  await sent;
  await new Promise((resolve) => setTimeout(resolve, 100));
  resume();
  await new Promise((resolve) => setTimeout(resolve, 100));
  // The requests were cancelled, so nothing of them arrives later.
  expect(it.sent()).toEqual([]);
});

it('close waits for what lingers and what is tried again, and can be called twice.', async () => {
  await using it = await stage({ linger: 30 });
  it.server.faults.failNext('publish', 'UNAVAILABLE', 2);
  const sent = it.bus.publish('order.placed', { n: 1 });
  await it.bus.close({ timeout: 5000 });
  await it.bus.close();
  expect((await sent).failures).toEqual([]);
  expect(it.sent()).toEqual([1]);
  await it.forwarder.close!();
});

it('A delivery that is aborted gives up its event, and those of others are sent.', async () => {
  await using it = await stage();
  const release = it.server.faults.hold(() => true);
  const controller = new AbortController();
  const deliver = (n: number, signal?: AbortSignal) =>
    it.bus.deliver(
      { id: `${n}`, name: 'order.placed', payload: { n }, time: new Date() },
      { listener: 'pubsub/orders', signal },
    );
  const aborted = deliver(1, controller.signal);
  const other = deliver(2);
  await expect.poll(() => it.batches()).toEqual([[1, 2]]);
  controller.abort(new Error('lease lost'));
  expect((await aborted).failures).toMatchObject([{ error: { cause: { code: 'SEND_FAILED' } } }]);
  release();
  expect((await other).failures).toEqual([]);
});

it(
  'A process that ends by itself has sent what lingered, and what was to be tried again.',
  { timeout: 30_000 },
  async () => {
    await using server = await PubsubServer.start();
    const topic = server.createTopic('orders');
    server.faults.failNext('publish', 'UNAVAILABLE', 2);
    const child = spawn(process.execPath, [new URL('process.ts', import.meta.url).pathname, topic], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PUBSUB_EMULATOR_HOST: server.address },
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(server.log.filter(({ action }) => action === 'publish')).toHaveLength(3);
  },
);
