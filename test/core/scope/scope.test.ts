import { expect, it } from 'vitest';
import type { DiscardReason, When } from '../../../src/index.ts';
import { collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

function makeBus(options: { when?: When } = {}) {
  const seen = collector();
  const dropped: [unknown, DiscardReason][] = [];
  const bus = e.bus({
    handlers: [seen.handler],
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
    ...options,
  });
  return { bus, seen, dropped };
}
const boom = new Error('boom');

it('bus.scope buffers events, flushes them when its function succeeds, and resolves after the listeners.', async () => {
  const { promise, open } = gate();
  let handled = false;
  const router = e.router().on('cat.spotted', async () => {
    await promise;
    handled = true;
  });
  await using bus = e.bus({ handlers: [router] });
  let resolved = false;
  const scope = bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 1);
    e.dispatch('cat.spotted', 2);
    await turn();
    return 'value';
  });
  void scope.then(() => (resolved = true));
  await turn();
  await turn();
  expect([handled, resolved]).toEqual([false, false]);
  open();
  expect(await scope).toBe('value');
  expect(handled).toBe(true);
});

it.each([
  ['returns', () => 'value', 'value'],
  ['resolves', async () => 'value', 'value'],
])('bus.scope resolves to the value of a function that %s.', async (_, fn, value) => {
  const { bus } = makeBus();
  expect(await bus.scope(fn)).toBe(value);
});

it.each([
  [
    'throws',
    () => {
      throw boom;
    },
  ],
  ['rejects', () => Promise.reject(boom)],
])('A function that %s drops its events, except those with `when` failure or settled.', async (_, fail) => {
  const { bus, seen, dropped } = makeBus();
  const scope = bus.scope(({ dispatch }) => {
    for (const when of ['success', 'failure', 'settled'] as const) dispatch('cat.spotted', when, { when });
    dispatch('cat.spotted', 'default');
    return fail();
  });
  await expect(scope).rejects.toBe(boom);
  expect(seen.payloads).toEqual(['failure', 'settled']);
  expect(dropped).toEqual([
    ['success', 'failed'],
    ['default', 'failed'],
  ]);
});

it('A function that throws at once still makes bus.scope wait until its settled events are handled.', async () => {
  const { promise, open } = gate();
  await using bus = e.bus({ handlers: [e.router().on('*', () => promise)] });
  let rejected = false;
  const scope = bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 1, { when: 'settled' });
    throw boom;
  });
  scope.catch(() => (rejected = true));
  await turn();
  expect(rejected).toBe(false);
  open();
  await expect(scope).rejects.toBe(boom);
});

it('A scope that succeeds drops events with `when` failure.', async () => {
  const { bus, seen, dropped } = makeBus();
  await bus.scope(({ dispatch }) => {
    for (const when of ['success', 'failure', 'settled'] as const) dispatch('cat.spotted', when, { when });
  });
  expect(seen.payloads).toEqual(['success', 'settled']);
  expect(dropped).toEqual([['failure', 'succeeded']]);
});

it.each<[When, unknown[], unknown[]]>([
  ['success', ['ok'], ['ok']],
  ['failure', ['failed'], ['failed']],
  ['settled', ['ok', 'failed'], ['ok', 'failed']],
])('The bus option `when: %s` is the default of a dispatch.', async (when, expected) => {
  const { bus, seen } = makeBus({ when });
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 'ok'));
  await bus
    .scope(({ dispatch }) => {
      dispatch('cat.spotted', 'failed');
      throw boom;
    })
    .catch(() => {});
  expect(seen.payloads).toEqual(expected);
});

it('Concurrent scopes do not see each other.', async () => {
  const { bus, seen } = makeBus();
  const { promise, open } = gate();
  const slow = bus.scope(async () => {
    e.dispatch('cat.spotted', 'slow');
    await promise;
    throw boom;
  });
  await bus.scope(async () => {
    await turn();
    e.dispatch('cat.spotted', 'quick');
  });
  open();
  await expect(slow).rejects.toBe(boom);
  expect(seen.payloads).toEqual(['quick']);
});

it('bus.scope in a scope of the same bus is nested: its events wait for the outer one.', async () => {
  const { bus, seen, dropped } = makeBus();
  await bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 1);
    await bus.scope(() => e.dispatch('cat.spotted', 2));
    expect(seen.payloads).toEqual([]);
    await bus.scope(() => (e.dispatch('cat.spotted', 3), Promise.reject(boom))).catch(() => {});
    dispatch('cat.spotted', 4);
  });
  expect(seen.payloads).toEqual([1, 2, 4]);
  expect(dropped).toEqual([[3, 'failed']]);
});

it('bus.scope in a scope of another bus is a root, and e.dispatch goes to the innermost scope of its builder.', async () => {
  const one = makeBus();
  const two = makeBus();
  await expect(
    one.bus.scope(async ({ dispatch }) => {
      e.dispatch('cat.spotted', 'one');
      await two.bus.scope(() => {
        e.dispatch('cat.spotted', 'two');
        dispatch('cat.spotted', 'one, from within two');
      });
      expect(two.seen.payloads).toEqual(['two']);
      throw boom;
    }),
  ).rejects.toBe(boom);
  expect(one.dropped).toEqual([
    ['one', 'failed'],
    ['one, from within two', 'failed'],
  ]);
});

it('bus.scope works without handlers too.', async () => {
  await using bus = e.bus({ handlers: [], unhandled: 'ignore' });
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 1));
});

it.each([[undefined], [null], [7], ['fn'], [{}]])('bus.scope(%o) is refused.', async (fn) => {
  const { bus } = makeBus();
  await expect(untyped(bus.scope)(fn)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringMatching(/^bus\.scope takes the function that it runs, not /),
  });
});
