import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { initEvents, type AnyEvent } from '../../../src/index.ts';
import { catalog, collector, e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

/** Checks that an event has `from` as its cause. */
const chained = (event: AnyEvent | undefined, from: AnyEvent) => {
  expect(event).toMatchObject({
    causationId: from.id,
    correlationId: from.correlationId,
    depth: from.depth + 1,
  });
};

it('Events of a chain carry the first cause, their parent and their depth.', async () => {
  const seen = collector();
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('user.deleted', { id: '1' }));
  router.on('user.deleted', async ({ ctx }) => {
    await turn();
    ctx.dispatch('cache.cleared');
  });
  await using bus = e.bus({ handlers: [router, seen.handler] });
  const { event: first } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  const [, second, third] = seen.events;
  expect(first).toMatchObject({ causationId: undefined, correlationId: first.id, depth: 0 });
  expect(second).toMatchObject({ causationId: first.id, correlationId: first.id, depth: 1 });
  expect(third).toMatchObject({ causationId: second!.id, correlationId: first.id, depth: 2 });
});

it('The attempt in which a dispatch runs is its cause, whatever function makes the dispatch.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router();
  let foreign!: (payload: string) => void;
  const { publish } = e.bus({ handlers: [seen.handler] });
  router.on('user.created', async ({ ctx }) => {
    ctx.dispatch('cat.spotted', 'ctx.dispatch');
    e.dispatch('cat.spotted', 'e.dispatch');
    foreign('dispatch of another scope');
    e.scope(({ dispatch }) => dispatch('cat.spotted', 'e.scope'));
    await bus.scope(({ dispatch }) => dispatch('cat.spotted', 'bus.scope'));
    await bus.publish('cat.spotted', 'publish');
    await publish('cat.spotted', 'publish of another bus');
    await turn();
    ctx.dispatch('cat.spotted', 'after an await');
  });
  const bus = e.bus({ handlers: [router, seen.handler] });
  let first!: AnyEvent;
  await bus.scope(async ({ dispatch }) => {
    foreign = (payload) => dispatch('cat.spotted', payload);
    first = (await bus.publish('user.created', { id: '1' })).event;
  });
  await bus.drain();
  expect(seen.payloads.map(String).toSorted()).toEqual([
    'after an await',
    'bus.scope',
    'ctx.dispatch',
    'dispatch of another scope',
    'e.dispatch',
    'e.scope',
    'publish',
    'publish of another bus',
  ]);
  for (const event of seen.events) chained(event, first);
});

it('A procedure that a listener calls dispatches events with the cause of the attempt and its own path.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router();
  const bus = e.bus({ handlers: [router, seen.handler] });
  const t = initTRPC.create();
  const procedures = t.router({
    spot: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
      ctx.dispatch('cat.spotted', 'direct');
      e.scope(() => ctx.dispatch('cat.spotted', 'in a scope'));
    }),
  });
  const caller = t.createCallerFactory(procedures)({});
  router.on('user.created', () => caller.spot());
  const { event } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(seen.payloads).toEqual(['direct', 'in a scope']);
  for (const it of seen.events) chained(it, event);
  expect(seen.events.map(({ path }) => path)).toEqual(['spot', 'spot']);
});

it('An attempt that throws drops its events, except those with `when` failure or settled.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const dropped: unknown[] = [];
  const router = e.router();
  router.on('user.created', async ({ ctx }) => {
    for (const when of ['success', 'failure', 'settled'] as const)
      ctx.dispatch('cat.spotted', when, { when });
    await turn();
    throw new Error('no');
  });
  await using bus = e.bus({
    handlers: [router, seen.handler],
    onError: () => {},
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
  });
  await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(seen.payloads).toEqual(['failure', 'settled']);
  expect(dropped).toEqual([['success', 'attempt-failed']]);
});

it('An attempt that throws also drops the events of inner scopes that succeeded.', async () => {
  const dropped: unknown[] = [];
  const router = e.router();
  router.on('user.created', async () => {
    e.scope(() => e.dispatch('cat.spotted', 'e.scope'));
    await bus.scope(() => e.dispatch('cat.spotted', 'bus.scope'));
    throw new Error('no');
  });
  const bus = e.bus({
    handlers: [router],
    onError: () => {},
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
  });
  await bus.publish('user.created', { id: '1' });
  expect(dropped).toEqual([
    ['e.scope', 'attempt-failed'],
    ['bus.scope', 'attempt-failed'],
  ]);
});

it('An event that onError publishes is caused by the event that failed, not by an event that it chained.', async () => {
  const seen = collector({ events: ['cat.spotted', 'cache.cleared'] });
  const router = e.router();
  router.on('user.created', async ({ ctx }) => {
    ctx.dispatch('cat.spotted', 'failed', { when: 'failure' });
    await turn();
    throw new Error('no');
  });
  const bus = e.bus({
    handlers: [router, seen.handler],
    onError: () => void bus.publish('cache.cleared'),
  });
  const { event } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(seen.events.map(({ name, causationId }) => [name, causationId])).toEqual([
    ['cat.spotted', event.id],
    ['cache.cleared', event.id],
  ]);
});

it('A listener that fails does not drop the events of another listener.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router();
  router.on('user.created', ({ ctx }) => {
    ctx.dispatch('cat.spotted', 'bad');
    throw new Error('no');
  });
  router.on('user.created', ({ ctx }) => ctx.dispatch('cat.spotted', 'good'));
  await using bus = e.bus({ handlers: [router, seen.handler], onError: () => {} });
  await bus.publish('user.created', { id: '1' });
  expect(seen.payloads).toEqual(['good']);
});

it('A chained event has the ctx of the event that caused it.', async () => {
  const app = initEvents.context<{ number: number }>().create(catalog);
  let made = 0;
  const numbers: number[] = [];
  const router = app.router();
  router.on('user.created', ({ ctx }) => {
    numbers.push(ctx.number);
    ctx.dispatch('user.deleted', { id: '1' });
    app.dispatch('cache.cleared');
  });
  router.on(['user.deleted', 'cache.cleared'], ({ ctx }) => void numbers.push(ctx.number));
  await using bus = app.bus({ handlers: [router], createContext: () => ({ number: ++made }) });
  await bus.publish('user.created', { id: '1' });
  expect(numbers).toEqual([1, 1, 1]);
});

it('An event dispatched in handleMany has no single cause, and is deeper than the deepest of its events.', async () => {
  const seen = collector({ events: 'cache.cleared' });
  const handleMany = { name: 'many', events: 'user.*', handleMany: () => e.dispatch('cache.cleared') };
  const router = e.router().on('cat.spotted', ({ ctx }) => ctx.dispatch('user.created', { id: '1' }));
  await using bus = e.bus({ handlers: [router, handleMany, seen.handler] });
  await bus.publish('cat.spotted', 1);
  await bus.drain();
  expect(seen.events).toMatchObject([{ causationId: undefined, depth: 2 }]);
  expect(seen.events[0]!.correlationId).toBe(seen.events[0]!.id);
});
