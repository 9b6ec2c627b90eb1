import { expect, it, vi } from 'vitest';
import { EventsError } from '../../src/index.ts';
import { Publisher } from '../servers/pubsub/protos.ts';
import { e, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';
import { gate } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

it('Events of one flush go in batches of 1,000, each request is wrapped once, and each event is sent once.', async () => {
  await using it = await stage();
  await it.flush(2500);
  expect(it.batches().map(({ length }) => length)).toEqual([1000, 1000, 500]);
  expect(sorted(it.sent())).toEqual(range(2500));
  expect(it.sends).toMatchObject(
    [1000, 1000, 500].map(() => ({
      forwarder: 'pubsub/orders',
      system: 'gcp.pubsub',
      destination: 'orders',
    })),
  );
  expect(it.sends.flatMap(({ events }) => events.map(({ payload }) => payload))).toEqual(
    range(2500).map((n) => ({ n })),
  );
  expect(it.errors).toEqual([]);
});

it('A burst of 1,000 calls in one tick, one event each, takes a few requests.', async () => {
  await using it = await stage({ linger: 5 });
  await Promise.all(range(1000).map((n) => it.bus.publish('order.placed', { n })));
  expect(sorted(it.sent())).toEqual(range(1000));
  expect(it.batches().length).toBeLessThanOrEqual(20);
});

it('A forwarder of two buses mixes no events: the observers of each bus see only its own.', async () => {
  await using first = await stage({ linger: 40 });
  const seen: unknown[] = [];
  await using second = e.bus({
    handlers: [first.forwarder],
    observers: [{ name: 'sends', wrapSend: ({ events }, run) => (seen.push(...events), void run()) }],
  });
  await Promise.all([first.bus.publish('order.placed', { n: 1 }), second.publish('order.placed', { n: 2 })]);
  expect(first.sends.flatMap(({ events }) => events)).toMatchObject([{ payload: { n: 1 } }]);
  expect(seen).toMatchObject([{ payload: { n: 2 } }]);
  expect(sorted(first.sent())).toEqual([1, 2]);
});

it('Events that come within `linger` share a request, and one that comes later does not.', async () => {
  await using it = await stage({ linger: 40 });
  await Promise.all([it.flush(1), it.flush(1, undefined, 1)]);
  await it.flush(1, undefined, 2);
  expect(it.batches()).toEqual([[0, 1], [2]]);
});

it('An event never lingers so long that no time is left to send it.', async () => {
  await using it = await stage({ linger: 5000 });
  const event = { id: 'one', name: 'order.placed', payload: { n: 1 }, time: new Date() };
  const { failures } = await it.bus.deliver(event, { listener: 'pubsub/orders', budget: 2000 });
  expect(failures).toEqual([]);
  await using quick = await stage({ linger: 5000, timeout: 1000 });
  await quick.flush(1);
  expect([quick.errors, quick.sent()]).toEqual([[], [0]]);
});

it('With `linger: 0`, an event waits for no other.', async () => {
  await using it = await stage({ linger: 0 });
  await Promise.all([it.bus.publish('order.placed', { n: 0 }), it.bus.publish('order.placed', { n: 1 })]);
  expect(it.batches()).toHaveLength(2);
});

it('No more than eight requests without a key are open at a time, and what comes meanwhile fills batches.', async () => {
  await using it = await stage({ linger: 0 });
  const { promise, open } = gate();
  const release = it.server.faults.hold(() => true);
  const sent = range(100).map((n) => it.bus.publish('order.placed', { n }));
  void promise.then(release);
  await expect.poll(() => it.batches().length).toBe(8);
  open();
  await Promise.all(sent);
  expect(it.batches().map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 92]);
});

it('A request has at most maxBytes, and a message over it is refused by name while the others are sent.', async () => {
  await using it = await stage({ maxBytes: 5000 });
  const text = (length: number) => 'x'.repeat(length);
  await it.bus.scope(({ dispatch }) => {
    for (const [n, length] of [2000, 2000, 6000, 2000].entries())
      dispatch('order.placed', { n, text: text(length) });
  });
  await it.bus.drain();
  expect(it.batches()).toEqual([[0, 1], [3]]);
  expect([...it.failed().keys()]).toEqual([2]);
  const error = it.failed().get(2);
  expect(error).toBeInstanceOf(EventsError);
  expect(error).toMatchObject({ code: 'SEND_FAILED' });
  expect(error?.message).toMatch(
    /^pubsub\/orders can't send "order\.placed": its message has \d{4} bytes, and maxBytes is 5000/,
  );
});

it('A request has at most maxBytes on the wire, the name of its topic included, whatever the sizes of its events.', async () => {
  const topic = `orders-${'x'.repeat(240)}`;
  const maxBytes = 3000;
  const serialize = Publisher.service['Publish']!.requestSerialize;
  for (const client of ['known project', 'own project'] as const) {
    await using it = await stage({
      topic: client === 'known project' ? `projects/test/topics/${topic}` : topic,
      maxBytes,
    });
    it.server.createTopic(topic);
    await it.bus.scope(({ dispatch }) => {
      for (let n = 0; n < 200; n++) dispatch('order.placed', { n, text: 'x'.repeat((n * 37) % 2300) });
    });
    await it.bus.drain();
    const requests = it.server.requests.filter(({ operation }) => operation === 'publish');
    const sizes = requests.map(({ input }) => serialize(input).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBytes);
    // The requests are nearly full, and an event that doesn't fit into a request is refused by name.
    expect(Math.max(...sizes)).toBeGreaterThan(maxBytes - 250);
    expect(it.sent().length + it.failed().size).toBe(200);
    for (const error of it.failed().values()) expect(error.message).toContain('and maxBytes is 3000');
  }
});

it('Full requests of large events are such as Pub/Sub takes.', async () => {
  await using it = await stage();
  await it.bus.scope(({ dispatch }) => {
    for (let n = 0; n < 26; n++) dispatch('order.placed', { n, text: 'é'.repeat(400_000) });
  });
  await it.bus.drain();
  expect([it.errors, sorted(it.sent())]).toEqual([[], range(26)]);
  expect(sorted(it.batches().map(({ length }) => length))).toEqual([2, 12, 12]);
});
