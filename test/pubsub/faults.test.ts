import { describe, expect, it } from 'vitest';
import { EventsError } from '../../src/index.ts';
import type { RequestFault } from '../servers/pubsub/faults.ts';
import { range, sorted } from '../queue/shop.ts';
import { ifHas, stage } from './shop.ts';
import { pause } from '../setup/async.ts';

/** Each fault, and how often an event arrives because of it: once, more than once, or never. */
const FAULTS: readonly { fault: RequestFault; arrives: 'once' | 'twice' | 'never' }[] = [
  { fault: 'UNAVAILABLE', arrives: 'once' },
  { fault: 'RESOURCE_EXHAUSTED', arrives: 'once' },
  { fault: 'INTERNAL', arrives: 'once' },
  { fault: 'ABORTED', arrives: 'once' },
  { fault: 'DEADLINE_EXCEEDED', arrives: 'once' },
  { fault: 'UNKNOWN', arrives: 'once' },
  { fault: 'drop before', arrives: 'once' },
  { fault: 'drop after', arrives: 'twice' },
  { fault: 'lose response', arrives: 'twice' },
  { fault: 'never answer', arrives: 'twice' },
  { fault: 'PERMISSION_DENIED', arrives: 'never' },
  { fault: 'NOT_FOUND', arrives: 'never' },
  { fault: 'UNAUTHENTICATED', arrives: 'never' },
  { fault: 'FAILED_PRECONDITION', arrives: 'never' },
];

describe.each([
  { kind: 'Without keys', keyOf: () => undefined },
  { kind: 'With keys', keyOf: (n: number) => `k${n % 3}` },
])('$kind', ({ keyOf }) => {
  it.for(FAULTS)(
    'a request that fails twice ($fault): its events arrive $arrives, each or its failure is reported, and no other is touched.',
    async ({ fault, arrives }) => {
      await using it = await stage({ timeout: fault === 'never answer' ? 1500 : 10_000 });
      let times = 2;
      const judge = ifHas(fault, 4);
      it.server.faults.failRequests((request) =>
        request.operation === 'publish' && judge(request) !== undefined && times-- > 0 ? fault : undefined,
      );
      await Promise.all(range(3).map((at) => it.flush(10, keyOf, at * 10)));
      const arrived = sorted(it.sent());
      const failed = sorted(it.failed().keys());
      expect(sorted(new Set([...arrived, ...failed]))).toEqual(range(30));
      expect(arrived.filter((n) => failed.includes(n))).toEqual([]);
      expect(failed.length === 0).toBe(arrives !== 'never');
      // A connection that ends takes the other requests with it.
      if (!fault.startsWith('drop')) expect(arrived.length > new Set(arrived).size).toBe(arrives === 'twice');
      // Only a lost response lets an event arrive twice, and only its own.
      const again = arrived.filter((n, i) => arrived[i - 1] === n);
      const batch = it.batches().find((numbers) => numbers.includes(4))!;
      if (!fault.startsWith('drop')) expect(again.every((n) => batch.includes(n))).toBe(true);
      expect(it.letters.map(({ event }) => (event.payload as { n: number }).n).sort((a, b) => a - b)).toEqual(
        failed,
      );
    },
  );
});

it('A request that fails for good is reported at once, with the reason that Pub/Sub gave.', async () => {
  await using it = await stage();
  it.server.faults.failNext('publish', 'FAILED_PRECONDITION');
  await it.flush(3);
  expect(it.batches()).toHaveLength(1);
  const error = it.failed().get(1);
  expect(error).toBeInstanceOf(EventsError);
  expect(error).toMatchObject({
    code: 'SEND_FAILED',
    message: 'pubsub/orders could not send "order.placed": Error: 9 FAILED_PRECONDITION: made to fail',
  });
  expect(it.letters[1]).toMatchObject({ listener: 'pubsub/orders', event: { payload: { n: 1 } } });
});

it('A request that is refused for one of its messages is sent again one by one, in order: the others arrive.', async () => {
  await using it = await stage();
  it.server.faults.failRequests(ifHas('INVALID_ARGUMENT', 2));
  await it.flush(6, () => 'k');
  expect(it.batches()).toEqual([[0, 1, 2, 3, 4, 5], [0], [1], [2], [3], [4], [5]]);
  expect(it.sent()).toEqual([0, 1, 3, 4, 5]);
  expect([...it.failed().keys()]).toEqual([2]);
  expect(it.failed().get(2)?.message).toBe(
    'pubsub/orders could not send "order.placed" (after 2 attempts): Error: 3 INVALID_ARGUMENT: made to fail',
  );
});

it('An event that is given up can be sent again from its letter.', async () => {
  await using it = await stage({ timeout: 2000 });
  const undo = it.server.faults.failRequests(ifHas('UNAVAILABLE', 0, 1, 2));
  await it.flush(3);
  expect(it.failed().get(1)?.message).toMatch(
    /^pubsub\/orders could not send "order\.placed" \(after \d+ attempts\): .*Pub\/Sub could not be reached \(Error: 14 UNAVAILABLE: made to fail\)/,
  );
  undo();
  const again = await Promise.all(
    it.letters.map(({ event }) => it.bus.deliver(event, { listener: 'pubsub/orders' })),
  );
  expect(again.every(({ failures }) => failures.length === 0)).toBe(true);
  expect(sorted(it.sent())).toEqual([0, 1, 2]);
});

it(
  'While the server is gone, events wait, and all arrive when it is back.',
  { timeout: 20_000 },
  async () => {
    await using it = await stage();
    await it.flush(1);
    await it.server.goAway();
    const sent = Promise.all(range(30, 1).map((n) => it.flush(10, undefined, n * 10)));
    await pause(300);
    await it.server.comeBack();
    await sent;
    expect([it.errors.length, it.sent().length, new Set(it.sent()).size]).toEqual([0, 301, 301]);
  },
);
