import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ErrorReport } from '../../src/index.ts';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { SqsServer } from '../servers/sqs.ts';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { e, numberIn, range } from '../queue/shop.ts';
import { stage } from './shop.ts';
import { pause } from '../setup/async.ts';

const CALLERS = 100;
/** The numbers of events and of dead letters. In a full run, they are 10,000 and 20,000. */
const [EVENTS, LETTERS] = [10_000 * SCALE, 20_000 * SCALE];
const AWAY = 1000;
/** A server that can be gone for a while, and keeps its messages. */
interface Broker extends AsyncDisposable {
  readonly url: string;
  client(): ReturnType<SqsServer['client']>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  bodies(): readonly string[];
}
async function own(): Promise<Broker> {
  const server = await SqsServer.start();
  const queue = server.createQueue('orders');
  return {
    url: queue.url,
    client: () => server.client(),
    goAway: () => server.goAway(),
    comeBack: () => server.comeBack(),
    bodies: () => queue.messages.map(({ body }) => body),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
async function fauxqs(): Promise<Broker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fauxqs-'));
  let server = await Fauxqs.start({ dataDir });
  const { endpoint } = server;
  const { url } = server.createQueue('orders');
  const client = server.client();
  return {
    url,
    client: () => client,
    goAway: () => server.stop(),
    async comeBack() {
      server = await Fauxqs.start({ dataDir, port: Number(new URL(endpoint).port) });
    },
    bodies: () => server.bodies('orders'),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

describe.each([
  { server: 'the own server', start: own },
  { server: 'fauxqs, which is started again', start: fauxqs },
])('On $server', ({ start }) => {
  it(
    'Events by 100 callers all arrive, though the server is gone for a second, twice.',
    { timeout: 60_000 },
    async () => {
      await using broker = await start();
      const errors: ErrorReport[] = [];
      const forwarder = sqsForwarder({ queueUrl: broker.url, client: broker.client() });
      const bus = e.bus({ handlers: [forwarder], onError: (report) => void errors.push(report) });
      const began = performance.now();
      let next = 0;
      let outage = Promise.resolve();
      const leave = async () => {
        await broker.goAway();
        await pause(AWAY);
        await broker.comeBack();
      };
      const caller = async () => {
        while (next < EVENTS) {
          const n = next++;
          if (n === Math.floor(EVENTS / 3) || n === EVENTS / 2) outage = outage.then(leave);
          await bus.publish('order.placed', { n });
        }
      };
      await Promise.all(range(CALLERS).map(caller));
      await outage;
      await bus.close({ timeout: 20_000 });
      const arrived = broker.bodies().map(numberIn);
      expect(errors).toEqual([]);
      expect(new Set(arrived).size).toBe(EVENTS);
      printFigure(
        `${EVENTS} events in ${Math.round(performance.now() - began)} ms, ${arrived.length - EVENTS} twice`,
      );
    },
  );
});

it(
  'In an outage longer than the retries, all events become dead letters, which can all be sent again.',
  { timeout: 90_000 },
  async () => {
    await using it = await stage({ retry: { attempts: 4, minDelay: 50, maxDelay: 200 } });
    const written: unknown[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
    onTestFinished(() => void vi.restoreAllMocks());
    await it.server.goAway();
    const began = performance.now();
    const heap = heapPeak();
    const calls = range(LETTERS / 100).map((at) => it.flush(100, undefined, at * 100));
    await Promise.all(calls);
    expect(it.letters).toHaveLength(LETTERS);
    printFigure(
      `${LETTERS} dead letters in ${Math.round(performance.now() - began)} ms, heap + ${heap.end()} MB at most`,
    );
    // The bus reports to `onError`, and nothing is written to stderr.
    expect(written).toEqual([]);
    expect(it.bus.pending).toBe(0);
    await it.server.comeBack();
    const letters = it.letters.splice(0);
    const again = await Promise.all(
      letters.map(({ event }) => it.bus.deliver(event, { listener: 'sqs/orders' })),
    );
    expect(again.every(({ failures }) => failures.length === 0)).toBe(true);
    expect(new Set(it.sent()).size).toBe(LETTERS);
    expect(it.sent()).toHaveLength(LETTERS);
    printFigure(`sent again by ${it.server.requests.length} requests`);
  },
);

it('A request without an answer counts as lost after 30 s, and its events are sent again.', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await using it = await stage({ linger: 0 });
    const resume = it.server.faults.pause();
    const sent = it.bus.publish('order.placed', { n: 1 });
    await vi.waitUntil(() => it.server.requests.length === 1, 10_000);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(it.server.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1001);
    await vi.waitUntil(async () => {
      await vi.advanceTimersByTimeAsync(10);
      return it.server.requests.length === 2;
    }, 10_000);
    resume();
    expect((await sent).failures).toEqual([]);
    expect(it.sent()).toEqual([1]);
  } finally {
    vi.useRealTimers();
  }
});

/** Watches how much the heap grows, in MB. */
function heapPeak() {
  const before = process.memoryUsage().heapUsed;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().heapUsed)), 50);
  return {
    end() {
      clearInterval(timer);
      return Math.round((most - before) / 2 ** 20);
    },
  };
}
