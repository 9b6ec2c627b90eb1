import { describe, expect, it, vi } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { range, sorted } from '../queue/shop.ts';
import { ifHas, numbersIn, stage } from './shop.ts';
import { pause, until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

it('Events of a key go in order, by one request at a time, and a request has no other key.', async () => {
  await using it = await stage({ linger: 0 });
  let open = 0;
  let most = 0;
  it.server.faults.failRequests(() => ((most = Math.max(most, ++open)) < 0 ? 'INTERNAL' : undefined));
  const hold = it.server.faults.holdAnswers(() => (open--, false));
  await Promise.all(range(20).map((at) => it.flush(10, () => 'k', at * 10)));
  hold();
  expect(it.errors).toEqual([]);
  expect(it.sent()).toEqual(range(200));
  expect(most).toBe(1);
  await it.flush(30, (n) => (n % 3 === 0 ? undefined : `k${n % 3}`), 200);
  const keys = it.messages().map(({ orderingKey }) => orderingKey);
  expect(new Set(keys)).toEqual(new Set(['k', '', 'k1', 'k2']));
});

it('Events that come for a key while its request is open fill the next request.', async () => {
  await using it = await stage({ linger: 0 });
  const release = it.server.faults.hold(() => true);
  const sent = range(50).map((n) => it.flush(1, () => 'k', n));
  await until(() => it.batches().length === 1);
  release();
  await Promise.all(sent);
  expect(it.batches()).toEqual([[0], range(49, 1)]);
});

it('A key waits behind its first unsent event, and other keys pass, and events without a key.', async () => {
  await using it = await stage();
  let times = 0;
  it.server.faults.failRequests((request) =>
    ifHas('UNAVAILABLE', 0)(request) !== undefined && times++ < 3 ? 'UNAVAILABLE' : undefined,
  );
  const first = it.flush(1, () => 'slow');
  await until(() => times === 1);
  await Promise.all([first, it.flush(6, (n) => ['slow', 'fast', undefined][n % 3], 3)]);
  expect(it.errors).toEqual([]);
  const sent = it.sent();
  expect(sent.slice(-3)).toEqual([0, 3, 6]);
  expect(sorted(sent)).toEqual([0, ...range(6, 3)]);
});

it('No number of keys that wait holds up another key.', async () => {
  await using it = await stage({ linger: 0 });
  const isStuck = ({
    input,
  }: {
    readonly input: { readonly messages?: readonly { readonly orderingKey: string }[] };
  }) => input.messages?.[0]?.orderingKey.startsWith('stuck') === true;
  const release = it.server.faults.hold(isStuck);
  const stuck = it.flush(60, (n) => `stuck${n}`);
  await until(() => it.batches().length === 60);
  await it.bus.publish('order.placed', { n: 100 }, { key: 'free' });
  await it.bus.publish('order.placed', { n: 101 });
  expect(it.sent()).toEqual([100, 101]);
  release();
  await stuck;
  expect(it.errors).toEqual([]);
});

it('With many keys, 1,000 requests are open at a time, and events that are given up meanwhile are not sent.', async () => {
  await using it = await stage({ linger: 0 });
  const release = it.server.faults.hold(() => true);
  const sent = it.flush(1100, (n) => `k${n}`);
  await until(() => it.batches().length === 1000);
  const event = { id: 'e', name: 'order.placed', payload: { n: 2000 }, time: new Date(), key: 'late' };
  const { failures } = await it.bus.deliver(event, { listener: 'pubsub/orders', budget: 100 });
  expect(failures).toHaveLength(1);
  expect(it.batches()).toHaveLength(1000);
  // An event without a key has a place of its own, and does not wait for the events with keys.
  const other = it.bus.publish('order.placed', { n: 1 });
  await until(() => it.batches().length === 1001);
  release();
  await Promise.all([sent, other]);
  expect(it.errors.map((report) => report.event?.id)).toEqual(['e']);
  expect(sorted(it.sent())).toEqual(sorted([...range(1100), 1]));
  expect(it.sends.flatMap(({ events }) => events.map(({ id }) => id))).not.toContain('e');
}, 20_000);

it('After an event of a key was given up, the later ones of its key are sent, and none before.', async () => {
  await using it = await stage({ timeout: 1500, linger: 0 });
  it.server.faults.failRequests(ifHas('UNAVAILABLE', 0));
  const first = it.bus.publish('order.placed', { n: 0 }, { key: 'k' }).then(() => it.sent());
  await until(() => it.batches().length > 0);
  await it.flush(3, () => 'k', 1);
  // When the first event was given up, none of the later ones had been sent yet.
  expect(await first).toEqual([]);
  expect([...it.failed().keys()]).toEqual([0]);
  expect(it.sent()).toEqual([1, 2, 3]);
});

it('A key goes on at once when an event that waits for its next attempt is aborted.', async () => {
  await using it = await stage({ linger: 0 });
  it.server.faults.failRequests(ifHas('UNAVAILABLE', 0));
  const controller = new AbortController();
  const event = { id: 'e', name: 'order.placed', payload: { n: 0 }, time: new Date(), key: 'k' };
  const { signal } = controller;
  const aborted = it.bus.deliver(event, { listener: 'pubsub/orders', signal });
  await until(() => it.batches().length === 4);
  await pause(50);
  const behind = it.bus.publish('order.placed', { n: 1 }, { key: 'k' });
  controller.abort();
  expect((await aborted).failures).toHaveLength(1);
  await behind;
  expect(it.sent()).toEqual([1]);
});

it('After a request has failed for good, each of its events is reported, and its key goes on.', async () => {
  await using it = await stage();
  it.server.faults.failNext('publish', 'PERMISSION_DENIED');
  await it.flush(3, () => 'k');
  await it.flush(3, () => 'k', 3);
  expect([it.sent(), sorted(it.failed().keys())]).toEqual([
    [3, 4, 5],
    [0, 1, 2],
  ]);
});

it('Events of a delivery that is aborted already are reported, and move no key.', async () => {
  await using it = await stage();
  const release = it.server.faults.hold(({ input: { messages } }) => numbersIn(messages).includes(0));
  const sent = it.flush(4, () => 'k');
  await until(() => it.batches().length === 1);
  const signal = AbortSignal.abort();
  for (const key of ['k', 'another']) {
    const event = {
      id: crypto.randomUUID(),
      name: 'order.placed',
      payload: { n: 9 },
      time: new Date(),
      key,
    };
    for (const options of [{ signal }, { budget: 0 }]) {
      const { failures } = await it.bus.deliver(event, { listener: 'pubsub/orders', ...options });
      expect(failures.map(({ error }) => (error.cause as Error).message)).toEqual([
        expect.stringMatching(
          /^pubsub\/orders could not send "order.placed": it(?: was aborted|s deadline is over)/,
        ),
      ]);
    }
  }
  expect(it.sent()).toEqual([]);
  release();
  await sent;
  expect(it.sent()).toEqual([0, 1, 2, 3]);
  await it.flush(1, () => 'another', 4);
  expect(it.sent()).toEqual([0, 1, 2, 3, 4]);
});

it('Several events of a key that are aborted together are all given up, and the next is sent.', async () => {
  await using it = await stage({ linger: 0 });
  const release = it.server.faults.hold(({ input: { messages } }) => numbersIn(messages).includes(0));
  const first = it.flush(1, () => 'k');
  await until(() => it.batches().length === 1);
  const controller = new AbortController();
  const { signal } = controller;
  const options = { attempt: 1, deadline: Infinity, send: async (_: unknown, call: () => unknown) => call() };
  const events = range(3, 1).map((n) => ({
    id: `e${n}`,
    name: 'order.placed',
    payload: { n },
    time: new Date(),
    key: 'k',
    correlationId: 'c',
    depth: 0,
    meta: {},
  }));
  // The test calls `handleMany` itself, with several events, because the bus's own deliveries have one each.
  const call = it.forwarder.handleMany!(events, { ...options, signal } as never) as Promise<{
    failures: readonly { readonly id: string }[];
  }>;
  controller.abort();
  expect((await call).failures.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3']);
  release();
  await first;
  await it.flush(1, () => 'k', 4);
  expect(it.sent()).toEqual([0, 4]);
});

describe('Random faults change the order of no key, and lose nothing', () => {
  it.for(['UNAVAILABLE', 'INVALID_ARGUMENT', 'drop before', 'lose response'] as const)(
    '%s.',
    { timeout: 60_000 },
    async (fault) => {
      await using it = await stage({ linger: 1, timeout: 20_000 });
      const [keys, each] = [16, Math.round(250 * SCALE)];
      let turn = 0;
      it.server.faults.failRequests(({ operation, input: { messages = [] } }) =>
        operation === 'publish' && ++turn % 5 === 0 && (fault !== 'INVALID_ARGUMENT' || messages.length > 1)
          ? fault
          : undefined,
      );
      const begun = performance.now();
      await Promise.all(range(each).map((at) => it.flush(keys, (n) => `k${n % keys}`, at * keys)));
      printFigure(
        `${keys * each} events, ${fault}: ${Math.round(performance.now() - begun)} ms, ${it.batches().length} requests`,
      );
      expect(it.errors).toEqual([]);
      const sent = it.sent();
      expect(new Set(sent).size).toBe(keys * each);
      for (const key of range(keys)) {
        // A lost response repeats a request, so what counts is when an event came first.
        const numbers = [...new Set(sent.filter((n) => n % keys === key))];
        expect(numbers).toEqual(sorted(numbers));
      }
    },
  );
});
