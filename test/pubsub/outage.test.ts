import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { e, range, sorted } from '../queue/shop.ts';
import { stage } from './shop.ts';
import { pause } from '../setup/async.ts';

const CALLERS = 100;
/** The numbers of events and of dead letters. In a full run, they are 10,000 and 20,000. */
const [EVENTS, LETTERS] = [10_000 * SCALE, 20_000 * SCALE];
const AWAY = 1000;

describe.each([
  { kind: 'without keys', keyOf: () => undefined },
  { kind: 'of 16 keys', keyOf: (n: number) => `k${n % 16}` },
])('Events $kind', ({ keyOf }) => {
  it(
    'by 100 callers all arrive, though the server is gone for a second, twice.',
    { timeout: 60_000 },
    async () => {
      await using it = await stage();
      const began = performance.now();
      let next = 0;
      let outage = Promise.resolve();
      const leave = async () => {
        await it.server.goAway();
        await pause(AWAY);
        await it.server.comeBack();
      };
      const caller = async () => {
        while (next < EVENTS) {
          const n = next++;
          if (n === Math.floor(EVENTS / 3) || n === EVENTS / 2) outage = outage.then(leave);
          await it.bus.publish('order.placed', { n }, { key: keyOf(n) });
        }
      };
      await Promise.all(range(CALLERS).map(caller));
      await outage;
      await it.bus.close({ timeout: 20_000 });
      const arrived = it.sent();
      expect(it.errors).toEqual([]);
      expect(new Set(arrived).size).toBe(EVENTS);
      for (const key of keyOf(0) === undefined ? [] : range(16)) {
        const numbers = [...new Set(arrived.filter((n) => n % 16 === key))];
        expect(numbers).toEqual(sorted(numbers));
      }
      printFigure(
        `${EVENTS} events in ${Math.round(performance.now() - began)} ms, ${arrived.length - EVENTS} twice`,
      );
    },
  );
});

it(
  'In an outage longer than `timeout`, all events become dead letters, which can all be sent again.',
  { timeout: 90_000 },
  async () => {
    await using it = await stage({ timeout: 1000 });
    await it.flush(1);
    const written: unknown[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
    onTestFinished(() => void vi.restoreAllMocks());
    await it.server.goAway();
    const began = performance.now();
    const calls = range(LETTERS / 100).map((at) =>
      it.flush(100, (n) => (n % 2 === 0 ? `k${n % 32}` : undefined), 1 + at * 100),
    );
    await Promise.all(calls);
    expect(it.letters).toHaveLength(LETTERS);
    printFigure(`${LETTERS} dead letters in ${Math.round(performance.now() - began)} ms`);
    // The bus reports to `onError`, and nothing is written to stderr.
    expect(written).toEqual([]);
    expect(it.bus.pending).toBe(0);
    await it.server.comeBack();
    const letters = it.letters.splice(0);
    // The new forwarder has the default timeout, because sending all letters at once takes longer than 1 s.
    const forwarder = pubsubForwarder({ topic: 'orders', client: it.server.client() });
    await using bus = e.bus({ handlers: [forwarder] });
    const again = await Promise.all(
      letters.map(({ event }) => bus.deliver(event, { listener: 'pubsub/orders' })),
    );
    expect(again.flatMap(({ failures }) => failures)).toEqual([]);
    expect(new Set(it.sent()).size).toBe(LETTERS + 1);
    printFigure(`sent again by ${it.batches().length} requests`);
  },
);
