import { expect, it, vi } from 'vitest';
import type { DeadLetter } from '../../../src/index.ts';
import { collector, e, rejectionOf } from '../shop.ts';
import { useClock } from './clock.ts';

function failing(failures: number) {
  const clock = useClock();
  const letters: DeadLetter[] = [];
  const attempts = vi.fn();
  const router = e.router();
  router.on(
    'user.created',
    ({ attempt }) => {
      attempts();
      if (attempt <= failures) throw new Error('down');
    },
    { name: 'mail', retry: { attempts: 5, minDelay: 1000, jitter: 0 } },
  );
  const reports: string[] = [];
  const bus = e.bus({
    handlers: [router],
    onError: ({ error }) => void reports.push(error.message),
    deadLetter: (letter) => void letters.push(letter),
  });
  return { bus, clock, letters, attempts, reports };
}

it('close waits for retries if there is time.', async () => {
  const { bus, clock, attempts, reports } = failing(2);
  void bus.publish('user.created', { id: '1' });
  const closed = bus.close({ timeout: 5000 });
  await clock.pass(3000);
  await closed;
  expect(attempts).toHaveBeenCalledTimes(3);
  expect(reports).toEqual([]);
});

it('close gives up retries after its timeout: they are reported, become dead letters, and get no other attempt.', async () => {
  const { bus, clock, letters, attempts, reports } = failing(9);
  const published = bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('user.created', { id: '2' });
  });
  const refused = rejectionOf(bus.close({ timeout: 2000 }));
  const message =
    /^bus\.close waited 2000 ms, and there still runs: mail on user\.created [\w-]+, which waits for attempt 3 of 5 \(1 more wait for it\)\.$/;
  await clock.pass(2000);
  expect(await refused).toMatchObject({ message: expect.stringMatching(message) });
  await published;
  expect(vi.getTimerCount()).toBe(0);
  await clock.pass(60_000);
  expect(attempts).toHaveBeenCalledTimes(2);
  expect(letters.map(({ reason, attempts }) => [reason, attempts])).toEqual([
    ['closed', 2],
    ['closed', 0],
  ]);
  expect(reports[0]).toContain('Error: down (no other attempt: the bus is closed)');
  expect(reports[1]).toContain('EventsError: There was no time left for an attempt');
});

it('close also gives up events that wait for a slot.', async () => {
  const clock = useClock();
  const letters: DeadLetter[] = [];
  const router = e.router();
  router.on('user.created', () => new Promise(() => {}), { name: 'mail', concurrency: 1 });
  const bus = e.bus({
    handlers: [router],
    onError: () => {},
    deadLetter: (letter) => void letters.push(letter),
  });
  for (const id of ['1', '2']) void bus.publish('user.created', { id });
  const refused = rejectionOf(bus.close({ timeout: 100 }));
  await clock.pass(100);
  expect(await refused).toMatchObject({ code: 'DRAIN_TIMEOUT' });
  await clock.pass(0);
  expect(letters).toMatchObject([{ reason: 'closed', attempts: 0, event: { payload: { id: '2' } } }]);
});

it('A listener that still runs when close times out, and then fails, has had its last attempt.', async () => {
  const clock = useClock();
  const letters: DeadLetter[] = [];
  const cats = collector({ events: 'cat.spotted' });
  const backedOff = vi.fn();
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      ctx.dispatch('cat.spotted', 1, { when: 'failure' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      throw new Error('down');
    },
    { name: 'mail', retry: { attempts: 5 } },
  );
  const bus = e.bus({
    handlers: [router, cats.handler],
    observers: [{ name: 'waits', backedOff }],
    onError: () => {},
    deadLetter: (letter) => void letters.push(letter),
  });
  void bus.publish('user.created', { id: '1' });
  const refused = rejectionOf(bus.close({ timeout: 100 }));
  await clock.pass(100);
  expect(String(await refused)).toContain('mail on user.created');
  await clock.pass(500);
  // Handlers are closed when the time is over, so the event that the listener has chained reaches none.
  expect(letters).toMatchObject([
    { listener: 'collector', reason: 'closed', attempts: 0 },
    { listener: 'mail', reason: 'closed', attempts: 1 },
  ]);
  expect(cats.payloads).toEqual([]);
  expect(backedOff).not.toHaveBeenCalled();
});

it('drain gives nothing up when it times out.', async () => {
  const { bus, clock, attempts } = failing(2);
  void bus.publish('user.created', { id: '1' });
  const refused = rejectionOf(bus.drain({ timeout: 100 }));
  await clock.pass(100);
  expect(String(await refused)).toContain('which waits for attempt 2 of 5');
  await clock.pass(2900);
  expect(attempts).toHaveBeenCalledTimes(3);
});

it('close has one timeout for everything it waits for, including the handlers that it closes.', async () => {
  const clock = useClock();
  const router = e.router();
  router.on('user.created', () => new Promise((resolve) => setTimeout(resolve, 60)));
  const hangs = { name: 'hangs', handle() {}, close: () => new Promise<void>(() => {}) };
  const bus = e.bus({ handlers: [router, hangs] });
  void bus.publish('user.created', { id: '1' });
  let end = 0;
  const refused = rejectionOf(bus.close({ timeout: 100 })).finally(() => (end = clock.now));
  await clock.pass(500);
  expect(String(await refused)).toContain('bus.close waited 100 ms, and there still runs: close of hangs.');
  expect(end).toBe(100);
});
