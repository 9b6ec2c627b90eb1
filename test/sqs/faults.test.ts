import { describe, expect, it } from 'vitest';
import { EventsError } from '../../src/index.ts';
import type { EntryFault } from '../servers/sqs/faults.ts';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { numberIn, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';

const SEND = 'SendMessageBatch';

/** Returns a judge that makes entries fail: a final fault always, and a transient one the first `times` times. */
function judge(faultOf: (n: number) => EntryFault | undefined, times = 1) {
  const counts = new Map<number, number>();
  return ({ MessageBody }: { readonly MessageBody?: string }) => {
    const n = numberIn(MessageBody);
    const fault = faultOf(n);
    const count = (counts.get(n) ?? 0) + 1;
    counts.set(n, count);
    return fault === 'transient' && count > times ? undefined : fault;
  };
}

describe('Each of the 1,023 subsets of a batch of ten', () => {
  const subsets = range(1023, 1).filter((subset) => subset % Math.round(1 / SCALE) === 0 || subset === 1023);
  const kinds: Record<string, (n: number) => EntryFault> = {
    transient: () => 'transient',
    final: () => 'final',
    mixed: (n) => (n % 2 === 0 ? 'transient' : 'final'),
  };
  it.for(Object.keys(kinds))(
    'that fails (%s) is sent again where that may help, and those entries alone.',
    { timeout: 60_000 },
    async (kind) => {
      await using it = await stage({ retry: { minDelay: 0 }, linger: 0 });
      const start = performance.now();
      for (const [at, subset] of subsets.entries()) {
        const from = at * 10;
        const faultOf = (n: number) =>
          (subset & (1 << (n - from))) === 0 ? undefined : kinds[kind]!(n - from);
        const undo = it.server.faults.failEntries(judge(faultOf));
        await it.flush(10, undefined, from);
        undo();
        const all = range(10, from);
        const again = all.filter((n) => faultOf(n) === 'transient');
        expect(it.batches()).toEqual([all, ...(again.length > 0 ? [again] : [])]);
        expect(sorted(it.sent())).toEqual(all.filter((n) => faultOf(n) !== 'final'));
        expect([...it.failed().keys()]).toEqual(all.filter((n) => faultOf(n) === 'final'));
        for (const list of [it.server.requests, it.server.log, it.errors]) list.length = 0;
      }
      printFigure(`${subsets.length} subsets, ${kind}: ${Math.round(performance.now() - start)} ms`);
    },
  );
});

it('An entry that fails for good is reported by name, with the reason that SQS gave.', async () => {
  await using it = await stage();
  it.server.faults.failEntries(judge((n) => (n === 1 ? 'final' : undefined)));
  await it.flush(3);
  const error = it.failed().get(1);
  expect(error).toBeInstanceOf(EventsError);
  expect(error).toMatchObject({
    code: 'SEND_FAILED',
    message: 'sqs/orders could not send "order.placed": InvalidParameterValue: made to fail',
  });
  expect(it.letters).toMatchObject([{ listener: 'sqs/orders', event: { payload: { n: 1 } } }]);
});

it('An entry that fails too often is given up after `attempts`, and a redelivery sends it.', async () => {
  await using it = await stage({ retry: { attempts: 3, minDelay: 1 } });
  const undo = it.server.faults.failEntries(judge((n) => (n === 1 ? 'transient' : undefined), 99));
  await it.flush(3);
  expect(it.batches()).toEqual([[0, 1, 2], [1], [1]]);
  expect(it.failed().get(1)?.message).toBe(
    'sqs/orders could not send "order.placed" (after 3 attempts): InternalError: An internal error',
  );
  undo();
  const [{ event }] = it.letters as [(typeof it.letters)[0]];
  const { failures } = await it.bus.deliver(event, { listener: 'sqs/orders' });
  expect([failures, it.sent()]).toEqual([[], [0, 2, 1]]);
});

it.for(['throttle', 'error 500', 'drop before', 'drop after'] as const)(
  'A request that fails (%s) is sent again, with all its entries, and touches no other.',
  async (fault) => {
    await using it = await stage({ parallel: 1 });
    it.server.faults.failNext(SEND, fault, 2);
    await it.flush(15);
    expect(it.errors).toEqual([]);
    const accepted = sorted(it.sent());
    // Only a lost response lets an event arrive twice.
    expect(fault === 'drop after' ? [...new Set(accepted)] : accepted).toEqual(range(15));
  },
);

it('On a FIFO queue, not even a lost response lets an event arrive twice.', async () => {
  await using it = await stage({ queue: 'orders.fifo' });
  it.server.faults.failNext(SEND, 'drop after', 3);
  await it.flush(20, (n) => `k${n % 10}`);
  expect([it.errors, sorted(it.sent())]).toEqual([[], range(20)]);
  expect(it.duplicates().length).toBeGreaterThan(0);
});

it('A refusal that no attempt would change is reported at once.', async () => {
  await using it = await stage();
  it.server.faults.failNext(SEND, 'access denied');
  await it.flush(3);
  expect(it.batches()).toHaveLength(1);
  expect(it.failed().size).toBe(3);
  expect(it.failed().get(0)?.message).toMatch(
    /the process may not send to http:.*\/orders: allow it sqs:SendMessage, .*\(AccessDenied: /,
  );
});

it('A batch that is refused for one of its entries is sent again one by one.', async () => {
  await using it = await stage();
  it.server.faults.failNext(SEND, 'bad value');
  await it.flush(4);
  expect(it.errors).toEqual([]);
  expect(it.batches().map(({ length }) => length)).toEqual([4, 1, 1, 1, 1]);
  expect(sorted(it.sent())).toEqual(range(4));
});

it(
  'While the server is gone, events wait, and all arrive when it is back.',
  { timeout: 20_000 },
  async () => {
    await using it = await stage({ retry: { minDelay: 20, maxDelay: 200 } });
    await it.server.goAway();
    const sent = Promise.all(range(30).map((n) => it.flush(10, undefined, n * 10)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await it.server.comeBack();
    await sent;
    expect([it.errors.length, it.sent().length, new Set(it.sent()).size]).toEqual([0, 300, 300]);
  },
);

it('In an outage longer than the retries, each event becomes a dead letter, and can be sent later.', async () => {
  await using it = await stage({ retry: { attempts: 3, minDelay: 5, maxDelay: 10 } });
  await it.server.goAway();
  await Promise.all(range(50).map((n) => it.flush(10, undefined, n * 10)));
  expect([it.letters.length, new Set(it.failed().keys()).size]).toEqual([500, 500]);
  expect(it.failed().get(0)?.message).toMatch(
    /^sqs\/orders could not send "order\.placed" \(after 3 attempts\): 127\.0\.0\.1:\d+ could not be reached \(/,
  );
  await it.server.comeBack();
  await Promise.all(it.letters.map(({ event }) => it.bus.deliver(event, { listener: 'sqs/orders' })));
  expect(sorted(it.sent())).toEqual(range(500));
});
