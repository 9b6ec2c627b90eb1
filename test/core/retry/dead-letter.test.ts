import { expect, expectTypeOf, it, vi } from 'vitest';
import type { DeadLetter, ErrorReport, EventHandler } from '../../../src/index.ts';
import { e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const boom = new Error('boom');

it('A handler has one attempt, and each event that it could not handle becomes a dead letter.', async () => {
  const letters: DeadLetter[] = [];
  const many: EventHandler = {
    name: 'many',
    handleMany: (events) => ({ failures: [{ id: events[1]!.id, error: boom }] }),
  };
  const one: EventHandler = { name: 'one', handle: () => Promise.reject(boom) };
  const bus = e.bus({
    handlers: [many, one],
    onError: () => {},
    deadLetter: (letter) => void letters.push(letter),
  });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 'a');
    dispatch('cat.spotted', 'b');
  });
  expect(
    letters.map(({ event, listener, attempts, reason }) => [event.payload, listener, attempts, reason]),
  ).toEqual([
    ['b', 'many', 1, 'attempts'],
    ['a', 'one', 1, 'attempts'],
    ['b', 'one', 1, 'attempts'],
  ]);
});

it('deadLetter gets a typed event and a typed error.', () => {
  e.bus({
    handlers: [],
    deadLetter({ event, error }) {
      if (event.name === 'user.created') expectTypeOf(event.payload).toEqualTypeOf<{ id: string }>();
      expectTypeOf(error.code).toBeString();
    },
  });
});

it('The flush waits for deadLetter, and so do drain and close; drain names it in its error.', async () => {
  const { promise, open } = gate();
  const router = e.router();
  router.on('user.created', () => Promise.reject(boom), { name: 'mail' });
  const bus = e.bus({ handlers: [router], onError: () => {}, deadLetter: () => promise });
  let isDone = false;
  const done = bus.publish('user.created', { id: '1' }).then(() => (isDone = true));
  await expect(bus.drain({ timeout: 5 })).rejects.toThrow(/deadLetter for mail on user\.created [\w-]+/);
  expect(isDone).toBe(false);
  open();
  await bus.close();
  await done;
});

it.each([
  [
    'throws',
    () => {
      throw boom;
    },
  ],
  ['rejects', () => Promise.reject(boom)],
])(
  'A deadLetter that %s is reported once, after the failure itself, and nothing else happens.',
  async (_how, deadLetter) => {
    const reports: ErrorReport[] = [];
    const router = e.router();
    router.on('user.created', () => Promise.reject(boom), { name: 'mail' });
    const spy = vi.fn(deadLetter);
    const bus = e.bus({
      handlers: [router],
      onError: (report) => void reports.push(report),
      deadLetter: spy,
    });
    const { event, failures } = await bus.publish('user.created', { id: '1' });
    await bus.drain();
    await turn();
    expect(failures).toHaveLength(1);
    expect(spy).toHaveBeenCalledTimes(1);
    expect(reports).toMatchObject([
      { error: { code: 'LISTENER_FAILED' } },
      { error: { code: 'HOOK_FAILED', message: 'deadLetter threw Error: boom', cause: boom }, event },
    ]);
  },
);

it('A dead letter can be delivered again later, to its listener only.', async () => {
  const letters: DeadLetter[] = [];
  let isDown = true;
  const audit = vi.fn();
  const mail = vi.fn(() => (isDown ? Promise.reject(boom) : undefined));
  const router = e.router();
  router.on('user.created', mail, { name: 'mail' }).on('user.created', audit, { name: 'audit' });
  const bus = e.bus({
    handlers: [router],
    onError: () => {},
    deadLetter: (letter) => void letters.push(letter),
  });
  await bus.publish('user.created', { id: '1' });
  isDown = false;
  const [{ event, listener }] = letters as [DeadLetter];
  expect((await bus.deliver(event, { listener })).failures).toEqual([]);
  expect([mail.mock.calls.length, audit.mock.calls.length]).toEqual([2, 1]);
});

it('A deadLetter that publishes an event that fails too ends at limits.depth.', async () => {
  const reports: string[] = [];
  const router = e.router();
  router.on('*', () => Promise.reject(boom), { name: 'fails' });
  const bus = e.bus({
    handlers: [router],
    limits: { depth: 3 },
    onError: ({ error }) => void reports.push(error.code),
    deadLetter: async () => void (await bus.publish('cat.spotted', 1)),
  });
  await bus.publish('user.created', { id: '1' });
  expect(reports).toEqual([...Array.from({ length: 4 }, () => 'LISTENER_FAILED'), 'CHAIN_TOO_DEEP']);
});
