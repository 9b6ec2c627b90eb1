import { expect, it } from 'vitest';
import { numberIn, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';
import { until } from '../setup/async.ts';

const queue = 'orders.fifo';

it('No batch has two events of a group, and no two requests are open at a time.', async () => {
  await using it = await stage({ queue });
  const open = new Map<string, number>();
  const groupsOf = (events: readonly { readonly key?: string | undefined }[]) =>
    events.map(({ key }) => key!);
  it.bus.observe({
    name: 'groups',
    wrapSend: ({ events }, run) => {
      for (const group of groupsOf(events)) open.set(group, (open.get(group) ?? 0) + 1);
      expect([...open.values()].every((count) => count <= 1)).toBe(true);
      const end = () => {
        for (const group of groupsOf(events)) open.set(group, open.get(group)! - 1);
      };
      void run().finally(end);
    },
  });
  await Promise.all(range(4).map((at) => it.flush(48, (n) => `k${n % 16}`, at * 48)));
  expect(it.errors).toEqual([]);
  expect(sorted(it.sent())).toEqual(range(192));
  for (const group of range(16)) {
    const numbers = it.sent().filter((n) => n % 16 === group);
    expect(numbers).toEqual(sorted(numbers));
  }
  // The 16 groups fill batches together, though the events of each group go one by one.
  expect(it.batches().length).toBeLessThan(60);
});

it('A group waits behind its first unsent event, and other groups pass.', async () => {
  await using it = await stage({ queue, retry: { minDelay: 100, maxDelay: 100 } });
  let times = 0;
  it.server.faults.failEntries(({ MessageBody }) =>
    numberIn(MessageBody) === 0 && times++ < 2 ? 'transient' : undefined,
  );
  await it.flush(6, (n) => (n % 2 === 0 ? 'slow' : 'fast'));
  expect(it.errors).toEqual([]);
  expect(it.sent()).toEqual([1, 3, 5, 0, 2, 4]);
});

it('Random faults change the order of no group.', { timeout: 20_000 }, async () => {
  await using it = await stage({ queue, retry: { minDelay: 1, maxDelay: 4, attempts: 50 } });
  let turn = 0;
  it.server.faults.failEntries(() => (++turn % 3 === 0 ? 'transient' : undefined));
  for (const fault of ['throttle', 'drop before', 'drop after', 'error 500'] as const)
    it.server.faults.failNext('SendMessageBatch', fault, 3);
  await Promise.all(range(10).map((at) => it.flush(40, (n) => `k${n % 7}`, at * 40)));
  expect(it.errors).toEqual([]);
  expect(sorted(it.sent())).toEqual(range(400));
  for (const group of range(7)) {
    const numbers = it.sent().filter((n) => n % 7 === group);
    expect(numbers).toEqual(sorted(numbers));
  }
});

it('After an event of a group was given up, the later ones of its group are sent.', async () => {
  await using it = await stage({ queue });
  it.server.faults.failEntries(({ MessageBody }) => (numberIn(MessageBody) === 1 ? 'final' : undefined));
  await it.flush(3, () => 'k');
  expect([it.sent(), [...it.failed().keys()]]).toEqual([[0, 2], [1]]);
});

it('Events of a delivery that is aborted already are reported, and move no group.', async () => {
  await using it = await stage({ queue });
  const release = it.server.faults.hold(({ MessageBody }) => numberIn(MessageBody) === 0);
  const sent = it.flush(4, () => 'k');
  await until(() => it.server.requests.length === 1);
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
      const { failures } = await it.bus.deliver(event, { listener: 'sqs/orders.fifo', ...options });
      expect(failures.map(({ error }) => (error.cause as Error).message)).toEqual([
        expect.stringMatching(
          /^sqs\/orders\.fifo could not send "order.placed": it(?: was aborted|s deadline is over)/,
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

it('An event without a group fails by name, and the others are sent.', async () => {
  await using it = await stage({ queue });
  await it.flush(3, (n) => (n === 1 ? undefined : 'k'));
  expect(it.sent()).toEqual([0, 2]);
  expect(it.failed().get(1)?.message).toBe(
    `sqs/orders.fifo can't send "order.placed": a FIFO queue needs a group, and the event has none: dispatch it with { key }, or give the forwarder groupId`,
  );
});

it('Groups and deduplication ids arrive, hashed where SQS would refuse them.', async () => {
  await using it = await stage({ queue });
  await it.flush(2, (n) => (n === 0 ? 'order 7' : 'order-7'));
  const [first, second] = it.entries();
  expect([first, second].map((entry) => entry?.MessageGroupId)).toEqual([
    expect.stringMatching(/^[\da-f]{64}$/),
    'order-7',
  ]);
  expect(it.entries().map(({ MessageDeduplicationId }) => MessageDeduplicationId)).toEqual(
    it.sends.flatMap(({ events }) => events.map(({ id }) => id)),
  );
});

it('A standard queue gets a group only from `groupId`, and is sent to in parallel all the same.', async () => {
  await using it = await stage({ groupId: () => 'tenant' });
  await it.flush(10, () => 'k');
  expect(it.batches()).toHaveLength(1);
  expect(it.entries().every(({ MessageGroupId }) => MessageGroupId === 'tenant')).toBe(true);
  await using other = await stage();
  await other.flush(1, () => 'k');
  expect(other.entries()[0]).not.toHaveProperty('MessageGroupId');
});
