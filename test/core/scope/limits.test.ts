import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import type { DeferStrategy, ErrorReport, EventsError } from '../../../src/index.ts';
import { collector, e, thrownBy, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

it('A scope holds limits.perScope events: the next dispatch throws, and the events before it are kept.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler], limits: { perScope: 3 } });
  const refused = {
    code: 'LIMIT_EXCEEDED',
    message:
      'A scope holds 3 events, which is limits.perScope. Dispatch one event that stands for many, or raise the limit.',
  };
  await bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 1);
    await e.scope(async () => {
      dispatch('cat.spotted', 2);
      e.dispatch('cat.spotted', 3);
      // A published event is flushed at once, so it takes no place in the scope.
      await bus.publish('cat.spotted', 'published');
      expect(thrownBy(() => e.dispatch('cat.spotted', 4))).toMatchObject(refused);
    });
    expect(thrownBy(() => dispatch('cat.spotted', 5))).toMatchObject(refused);
  });
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 6));
  expect(seen.payloads).toEqual(['published', 1, 2, 3, 6]);
});

it('The default of limits.perScope is 10,000.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.scope(({ dispatch }) => {
    for (let i = 0; i < 10_000; i++) dispatch('cat.spotted', i);
    expect(thrownBy(() => dispatch('cat.spotted', 'more'))).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
  expect(seen.events).toHaveLength(10_000);
});

it('limits.perScope binds an attempt of a listener too, which fails if it does not catch the error.', async () => {
  const seen = collector({ events: 'user.*' });
  const router = e.router().on('cat.spotted', ({ ctx }) => {
    for (let i = 0; i < 3; i++) ctx.dispatch('user.created', { id: `${i}` });
  });
  await using bus = e.bus({ handlers: [router, seen.handler], limits: { perScope: 2 }, onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toMatchObject([{ error: { cause: { code: 'LIMIT_EXCEEDED' } } }]);
  expect(seen.events).toEqual([]);
});

/** Makes a bus whose flushes start by themselves only if too many events are pending. */
function crowdedBus(pending: number, handlers: Parameters<typeof e.bus>[0]['handlers']) {
  const never: DeferStrategy = { name: 'never', start() {} };
  const reports: string[] = [];
  const onError = ({ error }: { error: EventsError }) => void reports.push(error.code);
  const bus = e.bus({ handlers, defer: never, limits: { pending }, onError });
  const t = initTRPC.create();
  const router = t.router({
    spot: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('cat.spotted', 1)),
    quiet: t.procedure.use(bus.middleware()).query(() => 'value'),
  });
  return { bus, reports, caller: t.createCallerFactory(router)({}) };
}

it('A call that dispatched waits for its own events while limits.pending events are under way.', async () => {
  const { promise, open } = gate();
  const log: string[] = [];
  const router = e.router().on('cat.spotted', async () => {
    await promise;
    log.push('handled');
  });
  const { bus, reports, caller } = crowdedBus(2, [router]);
  await caller.spot();
  await caller.spot();
  const third = caller.spot().then(() => log.push('third call'));
  await caller.quiet();
  await turn();
  expect(log).toEqual([]);
  open();
  await third;
  expect(log).toEqual(['handled', 'third call']);
  expect(reports).toEqual(['LIMIT_EXCEEDED']);
  await bus.drain();
  // No event was refused or lost, and there is room again.
  expect(log.filter((line) => line === 'handled')).toHaveLength(3);
  await caller.spot();
  await turn();
  expect(log.filter((line) => line === 'handled')).toHaveLength(3);
  await bus.drain();
});

it('A call made in a listener does not wait, however many events are pending.', async () => {
  const { promise, open } = gate();
  let called = 0;
  const router = e.router();
  router.on('user.created', async () => {
    await caller.spot();
    called++;
  });
  router.on('cat.spotted', () => promise);
  const { bus, caller } = crowdedBus(1, [router]);
  void bus.publish('cat.spotted', 1);
  await bus.publish('user.created', { id: '1' });
  expect(called).toBe(1);
  open();
  await bus.close();
});

it('A chain of events stops at limits.depth: CHAIN_TOO_DEEP is reported with the chain of names.', async () => {
  const seen = collector({ events: 'user.*' });
  const reports: ErrorReport[] = [];
  const router = e.router();
  router.on('user.created', ({ ctx, event }) => ctx.dispatch('user.deleted', event.payload));
  router.on('user.deleted', ({ event }) => e.dispatch('user.created', event.payload));
  await using bus = e.bus({
    handlers: [router, seen.handler],
    limits: { depth: 2 },
    onError: (report) => void reports.push(report as never),
  });
  const { failures } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(failures).toEqual([]);
  expect(seen.events.map(({ name, depth }) => `${name} ${depth}`)).toEqual([
    'user.created 0',
    'user.deleted 1',
    'user.created 2',
  ]);
  expect(reports).toMatchObject([
    {
      error: {
        code: 'CHAIN_TOO_DEEP',
        message:
          'An event is 3 listeners deep, and limits.depth is 2: user.created → user.deleted → user.created → user.deleted. Let a listener of this chain stop dispatching, or raise the limit.',
      },
      event: { name: 'user.deleted', depth: 3 },
    },
  ]);
});

it.each<[string, (bus: { publish(name: 'cat.spotted', payload: number): Promise<unknown> }) => unknown]>([
  ['dispatch', () => e.dispatch('cat.spotted', 1)],
  ['publish', (bus) => bus.publish('cat.spotted', 1)],
  ['publish without await', (bus) => void bus.publish('cat.spotted', 1)],
])('A listener that feeds itself by %s stops at a depth of 16.', async (_, feed) => {
  const seen = collector();
  const codes: string[] = [];
  const router = e.router();
  router.on('cat.spotted', () => feed(bus));
  const bus = e.bus({
    handlers: [router, seen.handler],
    onError: ({ error }) => void codes.push(error.code),
  });
  const { failures } = await bus.publish('cat.spotted', 1);
  await bus.drain();
  expect(failures).toEqual([]);
  expect(seen.events.map(({ depth }) => depth)).toEqual(Array.from({ length: 17 }, (__, i) => i));
  expect(codes).toEqual(['CHAIN_TOO_DEEP']);
});

it('A handleMany that feeds itself stops at a depth of 16 too.', async () => {
  const codes: string[] = [];
  let calls = 0;
  const handleMany = () => {
    calls++;
    e.dispatch('cat.spotted', 1);
    e.dispatch('cat.spotted', 2);
  };
  const bus = e.bus({
    handlers: [{ name: 'many', handleMany }],
    onError: ({ error }) => void codes.push(error.code),
  });
  await bus.publish('cat.spotted', 1);
  await bus.drain();
  expect(calls).toBe(17);
  expect(codes).toEqual(['CHAIN_TOO_DEEP', 'CHAIN_TOO_DEEP']);
});

it.each([
  [{ perScope: 0 }, 'e.bus, limits: perScope must be a positive integer, not 0.'],
  [{ pending: -1 }, 'e.bus, limits: pending must be a positive integer, not -1.'],
  [{ depth: 1.5 }, 'e.bus, limits: depth must be a positive integer, not 1.5.'],
  [{ depth: '16' }, 'e.bus, limits: depth must be a positive integer, not "16".'],
  [{ perScope: Infinity }, 'e.bus, limits: perScope must be a positive integer, not Infinity.'],
  [{ perCall: 1 }, 'e.bus, limits has no option "perCall". Known are "perScope", "pending", "depth".'],
  [[], 'e.bus, limits takes an object of options, not an empty list.'],
  [7, 'e.bus: limits must be an object, not 7.'],
])('The option limits: %j is refused.', (limits, message) => {
  expect(thrownBy(() => untyped(e.bus)({ handlers: [], limits }))).toMatchObject({
    code: 'BAD_OPTION',
    message,
  });
});
