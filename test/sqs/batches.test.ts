import { expect, it } from 'vitest';
import { EventsError } from '../../src/index.ts';
import { e, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';
import { gate } from '../setup/async.ts';

it('Events of one flush go in batches of ten, each request is wrapped once, and each event is sent once.', async () => {
  await using it = await stage({ parallel: 1 });
  await it.flush(25);
  expect(it.batches().map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(it.sent()).toEqual(range(25));
  expect(it.sends).toMatchObject(
    [10, 10, 5].map(() => ({ forwarder: 'sqs/orders', system: 'aws.sqs', destination: 'orders' })),
  );
  expect(it.sends.flatMap(({ events }) => events.map(({ payload }) => payload))).toEqual(
    range(25).map((n) => ({ n })),
  );
  expect(it.entries()[3]).toMatchObject({ Id: '3' });
  expect(it.errors).toEqual([]);
});

it('A burst of 1,000 calls in one tick, one event each, takes at most 110 requests.', async () => {
  await using it = await stage({ linger: 5 });
  await Promise.all(range(1000).map((n) => it.bus.publish('order.placed', { n })));
  expect(sorted(it.sent())).toEqual(range(1000));
  expect(it.batches().length).toBeLessThanOrEqual(110);
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
  const first = it.flush(1);
  const second = it.flush(1, undefined, 1);
  await Promise.all([first, second]);
  await it.flush(1, undefined, 2);
  expect(it.batches()).toEqual([[0, 1], [2]]);
});

it('An event never lingers so long that no time is left to send it.', async () => {
  await using it = await stage({ linger: 5000 });
  const event = { id: 'one', name: 'order.placed', payload: { n: 1 }, time: new Date() };
  const { failures } = await it.bus.deliver(event, { listener: 'sqs/orders', budget: 2000 });
  expect(failures).toEqual([]);
});

it('With `linger: 0`, an event waits for no other.', async () => {
  await using it = await stage({ linger: 0 });
  await Promise.all([it.bus.publish('order.placed', { n: 0 }), it.bus.publish('order.placed', { n: 1 })]);
  expect(it.batches()).toHaveLength(2);
});

it('No more than `parallel` requests are open at a time, and what comes meanwhile fills batches.', async () => {
  await using it = await stage({ parallel: 2, linger: 0 });
  const { promise, open } = gate();
  const release = it.server.faults.hold(() => true);
  const sent = range(20).map((n) => it.bus.publish('order.placed', { n }));
  void promise.then(release);
  await expect.poll(() => it.batches().length).toBe(2);
  open();
  await Promise.all(sent);
  expect(it.batches().map(({ length }) => length)).toEqual([1, 1, 10, 8]);
});

it('A batch has at most maxBytes, and a message over it is refused by name while the others are sent.', async () => {
  await using it = await stage({ maxBytes: 5000, parallel: 1 });
  const text = (length: number) => 'x'.repeat(length);
  await it.bus.scope(({ dispatch }) => {
    for (const [n, length] of [2000, 2000, 6000, 2000].entries())
      dispatch('order.placed', { n, text: text(length) });
  });
  expect(it.batches()).toEqual([[0, 1], [3]]);
  expect([...it.failed().keys()]).toEqual([2]);
  const error = it.failed().get(2);
  expect(error).toBeInstanceOf(EventsError);
  expect(error).toMatchObject({ code: 'SEND_FAILED' });
  expect(error?.message).toMatch(
    /^sqs\/orders can't send "order\.placed": its message has \d{4} bytes, and maxBytes is 5000/,
  );
});
