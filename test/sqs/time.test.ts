import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { inline } from '../../src/index.ts';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import { e, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';

/** The longest time that a caller waits, and how much longer it may take on a busy machine, in ms. */
const [BUDGET, LATE] = [300, 500];

const elapsed = async (work: () => Promise<unknown>) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

it.for(['gone', 'silent', 'throttling'] as const)(
  'Nobody waits longer than the budget, while the server is %s.',
  async (how) => {
    await using it = await stage({ retry: { minDelay: 20 } });
    // The first request loads the AWS client, and compiles it.
    await it.flush(10);
    if (how === 'gone') await it.server.goAway();
    if (how === 'throttling') it.server.faults.failNext('SendMessageBatch', 'throttle', 99);
    const resume = how === 'silent' ? it.server.faults.pause() : () => {};
    const calls = range(50).map(() =>
      elapsed(async () => {
        const event = { id: crypto.randomUUID(), name: 'order.placed', payload: { n: 1 }, time: new Date() };
        const { failures } = await it.bus.deliver(event, { listener: 'sqs/orders', budget: BUDGET });
        expect(failures).toHaveLength(1);
      }),
    );
    for (const ms of await Promise.all(calls)) expect(ms).toBeLessThan(BUDGET + LATE);
    resume();
    expect(it.errors[0]?.error.message).toMatch(
      /its deadline is over|its deadline leaves no time for another attempt/,
    );
  },
);

it('Under inline(), a call waits no longer than its budget, and its events are dead letters.', async () => {
  await using it = await stage();
  await it.server.goAway();
  const letters: string[] = [];
  const forwarder = sqsForwarder({ queueUrl: it.queue.url, client: it.server.client() });
  const bus = e.bus({
    handlers: [forwarder],
    defer: inline({ budget: BUDGET }),
    onError: () => {},
    deadLetter: ({ event }) => void letters.push(event.id),
  });
  const { initTRPC } = await import('@trpc/server');
  const t = initTRPC.create();
  const router = t.router({
    place: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('order.placed', { n: 1 })),
  });
  const caller = t.createCallerFactory(router)({});
  expect(await elapsed(() => caller.place())).toBeLessThan(BUDGET + LATE);
  expect(letters).toHaveLength(1);
  await bus.close();
});

it('A slow entry of one flush delays no other flush by more than its batch.', async () => {
  await using it = await stage({ linger: 0 });
  it.server.faults.failEntries(({ MessageBody }) =>
    MessageBody!.includes('"n":0') ? 'transient' : undefined,
  );
  const first = it.bus.publish('order.placed', { n: 0 });
  await it.bus.publish('order.placed', { n: 1 });
  expect(it.sent()).toEqual([1]);
  await first;
});

it('close that runs out of time gives up what is held, and reports it as closed.', async () => {
  await using it = await stage();
  const resume = it.server.faults.pause();
  const sent = it.flush(12).catch(() => {});
  await expect.poll(() => it.server.requests.length).toBe(2);
  const ms = await elapsed(async () => {
    await expect(it.bus.close({ timeout: 50 })).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
  });
  expect(ms).toBeLessThan(50 + LATE);
  expect(sorted(it.failed().keys())).toEqual(range(12));
  expect(it.letters.every(({ reason }) => reason === 'closed')).toBe(true);
  expect(it.failed().get(0)?.message).toMatch(/could not send "order\.placed": it was aborted/);
  resume();
  await sent;
  // The requests were aborted, so nothing of them arrives later.
  expect(it.sent()).toEqual([]);
});

it('close waits for what lingers and what is tried again, and can be called twice.', async () => {
  await using it = await stage({ linger: 30, retry: { minDelay: 20 } });
  it.server.faults.failNext('SendMessageBatch', 'error 500', 2);
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
      { listener: 'sqs/orders', signal },
    );
  const aborted = deliver(1, controller.signal);
  const other = deliver(2);
  await expect.poll(() => it.batches()).toEqual([[1, 2]]);
  controller.abort(new Error('lease lost'));
  expect((await aborted).failures).toMatchObject([{ error: { cause: { code: 'SEND_FAILED' } } }]);
  release();
  expect((await other).failures).toEqual([]);
});

it('A process that ends by itself has sent what lingered, and what was to be tried again.', async () => {
  await using server = await SqsServer.start();
  const { url } = server.createQueue('orders');
  server.faults.failNext('SendMessageBatch', 'error 500', 2);
  const child = spawn(process.execPath, [new URL('process.ts', import.meta.url).pathname, url], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(server.log.filter(({ action }) => action === 'send')).toHaveLength(3);
});
