import { afterEach, expect, it, vi } from 'vitest';
import type { ErrorReport } from '../../src/index.ts';
import { Connection } from '../../src/queue/connection.ts';
import type { Intake, StopLimit } from '../../src/queue/consumer-types.ts';
import { makeConsumer } from '../../src/queue/consumer.ts';
import { e, rejectionOf, untyped } from '../core/shop.ts';
import { gate, until } from '../setup/async.ts';

afterEach(() => vi.useRealTimers());

/** Makes a consumer of a broker that is only a few functions. Those of SQS and Pub/Sub are built the same way. */
function worker(broker: Partial<Intake> = {}) {
  const reports: ErrorReport[] = [];
  const log: string[] = [];
  const bus = e.bus({
    handlers: [e.router()],
    unhandled: 'ignore',
    onError: (report) => void reports.push(report),
  });
  const connection = new Connection(bus, 'test/orders');
  let stopSoon!: () => void;
  const consumer = makeConsumer(bus, {
    name: 'test/orders',
    counts: { received: 0, acknowledged: 0, failed: 0, refused: 0, skipped: 0 },
    connection,
    intake(stop) {
      stopSoon = stop;
      return {
        inFlight: 0,
        open: () => (log.push('open'), Promise.resolve()),
        close: () => (log.push('close'), Promise.resolve()),
        abandon: () => void log.push('abandon'),
        ...broker,
      };
    },
  });
  return { bus, consumer, connection, reports, log, stopSoon: () => stopSoon() };
}

it('The states of a consumer, and its status, which is a plain object.', async () => {
  const { consumer, connection } = worker();
  const states = [consumer.status.state];
  await consumer.start();
  states.push(consumer.status.state);
  void connection.failed(new Error('down'), AbortSignal.abort());
  states.push(consumer.status.state);
  connection.answered();
  states.push(consumer.status.state);
  const stopped = consumer.stop();
  states.push(consumer.status.state);
  await stopped;
  states.push(consumer.status.state);
  expect(states).toEqual(['idle', 'running', 'unreachable', 'running', 'stopping', 'stopped']);
  expect(JSON.parse(JSON.stringify(consumer.status))).toEqual({
    state: 'stopped',
    inFlight: 0,
    received: 0,
    acknowledged: 0,
    failed: 0,
    refused: 0,
    skipped: 0,
    lastAnswer: expect.stringMatching(/^\d{4}-/),
    lastError: 'Error: down',
  });
});

it('The waits for a broker grow from 100 ms to 10 s, with jitter, and start anew once it has answered.', async () => {
  vi.useFakeTimers();
  const { connection, reports } = worker();
  const { signal } = new AbortController();
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    const begun = performance.now();
    const failed = connection.failed(new Error(`down ${i}`), signal);
    await vi.runAllTimersAsync();
    await failed;
    waits.push(performance.now() - begun);
  }
  for (const [i, wait] of waits.entries()) {
    const longest = Math.min(100 * 2 ** i, 10_000);
    expect(wait).toBeGreaterThanOrEqual(Math.max(100, longest / 2) - 1);
    expect(wait).toBeLessThanOrEqual(longest + 1);
  }
  expect(new Set(waits.slice(7).map(Math.round)).size).toBeGreaterThan(1);
  connection.answered();
  connection.answered();
  expect(reports.map(({ error }) => error.message)).toEqual([
    'test/orders gets no messages: Error: down 0. It tries again, at least every 10 s.',
    expect.stringMatching(/^test\/orders: the broker answers again, after \d+ s\.$/),
  ]);
  const begun = performance.now();
  const failed = connection.failed(new Error('again'), signal);
  await vi.runAllTimersAsync();
  await failed;
  expect(performance.now() - begun).toBeLessThanOrEqual(101);
});

it('A client that fails while it closes is reported, and ends the stop and the run.', async () => {
  const { consumer, reports, log } = worker({ close: () => Promise.reject(new Error('no stub')) });
  const controller = new AbortController();
  const running = consumer.run({ signal: controller.signal });
  await until(() => consumer.status.state === 'running');
  controller.abort();
  await running;
  expect(consumer.status.state).toBe('stopped');
  expect(log).toContain('abandon');
  expect(reports.map(({ error }) => error.message)).toEqual([
    'test/orders: its client has failed at the end: Error: no stub',
  ]);
});

it('A wait for a broker ends as soon as its signal aborts.', async () => {
  const { connection } = worker();
  for (let i = 0; i < 8; i++) void connection.failed(new Error('down'), AbortSignal.abort());
  const controller = new AbortController();
  const failed = connection.failed(new Error('down'), controller.signal);
  const begun = performance.now();
  controller.abort();
  await failed;
  expect(performance.now() - begun).toBeLessThan(100);
});

it('The time of a stop: nearly over 2 s before its end, or at three quarters; then the last moment; then it resolves.', async () => {
  for (const [timeout, nearly, last] of [
    [25_000, 23_000, 24_000],
    [1000, 750, 875],
  ] as const) {
    vi.useFakeTimers();
    const at: number[] = [];
    const { consumer, reports } = worker({
      inFlight: 2,
      close({ nearlyOver, lastMoment }: StopLimit) {
        const begun = performance.now();
        for (const signal of [nearlyOver, lastMoment])
          signal.addEventListener('abort', () => at.push(performance.now() - begun));
        return new Promise(() => {});
      },
    });
    await consumer.start();
    const stopped = consumer.stop({ timeout });
    await vi.advanceTimersByTimeAsync(timeout - 1);
    expect(at).toEqual([nearly, last]);
    expect(consumer.status.state).toBe('stopping');
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    expect(consumer.status.state).toBe('stopped');
    expect(reports.map(({ error }) => error.message)).toEqual([
      'test/orders: stop has run out of time. The broker has not answered for 2 messages, which may come again.',
    ]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  }
});

it('A start that fails may be tried again, and holds the bus open no longer.', async () => {
  let tries = 0;
  const { consumer, bus, log } = worker({
    open: () => (++tries === 1 ? Promise.reject(new Error('no such queue')) : Promise.resolve()),
  });
  await expect(consumer.start()).rejects.toThrow('no such queue');
  expect(consumer.status.state).toBe('idle');
  await consumer.start();
  await bus.close();
  expect(consumer.status.state).toBe('stopped');
  expect(log).toEqual(['close']);
});

it('stop while a start is under way closes once, and both resolve.', async () => {
  const { promise, open } = gate();
  const { consumer, log } = worker({ open: () => promise, close: async () => { log.push('close'); await promise; } }); // prettier-ignore
  const started = consumer.start();
  const stopped = Promise.all([consumer.stop(), consumer.stop()]);
  expect(await rejectionOf(consumer.start())).toMatchObject({ code: 'CLOSED' });
  open();
  await Promise.all([started, stopped]);
  expect(log).toEqual(['close']);
  expect(consumer.status.state).toBe('stopped');
});

it('bus.close stops the consumer within its own timeout, and a consumer that has stopped is no source any more.', async () => {
  const limits: StopLimit[] = [];
  const { consumer, bus } = worker({ close: (limit) => (limits.push(limit), new Promise(() => {})) });
  await consumer.start();
  const begun = performance.now();
  await rejectionOf(bus.close({ timeout: 200 }));
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(limits).toHaveLength(1);
  expect(limits[0]!.lastMoment.aborted).toBe(true);
});

it('run resolves when the consumer has stopped by itself, and has closed the bus; signals are its own no longer.', async () => {
  const before = process.listenerCount('SIGTERM');
  const { consumer, bus, stopSoon } = worker();
  const ran = consumer.run();
  await vi.waitFor(() => expect(consumer.status.state).toBe('running'), 10_000);
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  stopSoon();
  await ran;
  expect(process.listenerCount('SIGTERM')).toBe(before);
  expect(process.listenerCount('SIGINT')).toBe(before);
  expect(await rejectionOf(bus.publish('cat.spotted', 1))).toMatchObject({ code: 'CLOSED' });
});

it('run rejects with what start rejects with, and leaves the bus open.', async () => {
  const { consumer, bus } = worker({ open: () => Promise.reject(new Error('no such queue')) });
  await expect(consumer.run()).rejects.toThrow('no such queue');
  expect((await bus.publish('cat.spotted', 1)).failures).toEqual([]);
  await bus.close();
});

it.each<['stop' | 'run', object, string]>([
  ['stop', { timeout: -1 }, 'stop of test/orders: timeout must be a number of milliseconds'],
  ['stop', { time: 1 }, 'stop of test/orders has no option "time".'],
  ['run', { timeout: 'soon' }, 'run of test/orders: timeout must be a number of milliseconds'],
  ['run', { signal: {} }, 'run of test/orders: signal must be an AbortSignal'],
])('%s(%j) is refused', async (method, options, text) => {
  const { consumer, log } = worker();
  expect(await rejectionOf(untyped(consumer[method])(options))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
  expect(log).toEqual([]);
  expect(consumer.status.state).toBe('idle');
});
