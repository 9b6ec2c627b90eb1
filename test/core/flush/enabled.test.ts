import { afterEach, expect, it, vi } from 'vitest';
import type { DiscardReason } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

afterEach(() => vi.unstubAllEnvs());
const disable = (value: string | undefined) => vi.stubEnv('TRPC_EVENTS_DISABLED', value);

function makeBus() {
  const seen = collector();
  const dropped: [unknown, DiscardReason][] = [];
  const bus = e.bus({
    handlers: [seen.handler],
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
  });
  return { bus, seen, dropped };
}

it.each(['1', 'true', 'yes', 'on', 'TRUE', 'Yes', 'oN'])(
  'TRPC_EVENTS_DISABLED=%s suppresses flushing; the environment is read at each flush.',
  async (value) => {
    const { bus, seen, dropped } = makeBus();
    await bus.publish('cat.spotted', 1);
    disable(value);
    const { event, failures } = await bus.publish('cat.spotted', 2);
    await bus.scope(({ dispatch }) => dispatch('cat.spotted', 3));
    disable(undefined);
    await bus.publish('cat.spotted', 5);
    expect(seen.payloads).toEqual([1, 5]);
    expect(event.payload).toBe(2);
    expect(failures).toEqual([]);
    expect(dropped).toEqual([2, 3].map((n) => [n, 'disabled']));
  },
);

it.each(['0', 'false', 'no', 'off', '', 'FALSE', 'No', 'OFF'])(
  'TRPC_EVENTS_DISABLED=%j does not suppress flushing.',
  async (value) => {
    disable(value);
    const { bus, seen } = makeBus();
    await bus.publish('cat.spotted', 1);
    expect(seen.payloads).toEqual([1]);
  },
);

it.each(['2', 'ja', 'disabled', ' true', 'undefined', 'null'])(
  'TRPC_EVENTS_DISABLED=%j is an error when the bus is made.',
  (value) => {
    disable(value);
    expect(makeBus).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: `The environment variable TRPC_EVENTS_DISABLED is ${JSON.stringify(value)}; it can be 1, true, yes, on, 0, false, no, off, or empty.`,
      }),
    );
  },
);

it('bus.enabled = false suppresses flushing for one bus, but validation still happens.', async () => {
  const one = makeBus();
  const two = makeBus();
  expect(one.bus.enabled).toBe(true);
  one.bus.enabled = false;
  expect(one.bus.enabled).toBe(false);
  for (const { bus } of [one, two]) {
    await bus.publish('cat.spotted', 1);
    await expect(bus.publish('user.created', {} as never)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' });
    await expect(bus.scope(({ dispatch }) => dispatch('user.created', {} as never))).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
    });
    await expect(bus.publish('nope' as never, {} as never)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  }
  one.bus.enabled = true;
  await one.bus.publish('cat.spotted', 2);
  expect(one.seen.payloads).toEqual([2]);
  expect(two.seen.payloads).toEqual([1]);
});

it('bus.enabled counts at the moment of the flush, not of the dispatch.', async () => {
  const { bus, seen } = makeBus();
  await bus.scope(({ dispatch }) => {
    bus.enabled = false;
    dispatch('cat.spotted', 1);
    bus.enabled = true;
  });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 2);
    bus.enabled = false;
  });
  expect(seen.payloads).toEqual([1]);
});

it('A disabled bus makes no context, streams nothing, and can be drained and closed.', async () => {
  let made = 0;
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler], createContext: () => (made++, {}) });
  bus.enabled = false;
  const stream = bus.stream('*');
  await bus.publish('cat.spotted', 1);
  await bus.drain();
  await bus.close();
  expect(await stream.next()).toMatchObject({ done: true });
  expect(made).toBe(0);
});
