import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../../src/index.ts';
import { e } from '../shop.ts';
import { gate } from '../../setup/async.ts';

it('.on returns the router or view that it was called on.', () => {
  const router = e.router();
  const view = router.use(({ next }) => next());
  expect(router.on('*', () => {})).toBe(router);
  expect(view.on('*', () => {})).toBe(view);
});

it('A listener that is registered after the first dispatch gets later events.', async () => {
  const heard: string[] = [];
  const router = e.router().on('user.created', () => void heard.push('first'));
  await using bus = e.bus({ handlers: [router] });
  const envelope = { id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date(0) };
  await bus.publish('user.created', { id: '1' });
  await bus.deliver(envelope);
  router.on('user.*', () => void heard.push('glob'));
  router.on('user.created', () => void heard.push('name'));
  const all = ['first', 'glob', 'name'];
  await bus.publish('user.created', { id: '2' });
  expect(heard.splice(0)).toEqual(['first', 'first', ...all]);
  await bus.deliver(envelope);
  expect(heard).toEqual(all);
});

it('A listener that is registered while an event is handled gets the next event of that flush.', async () => {
  const heard: unknown[] = [];
  const router = e.router();
  router.on('cat.spotted', function register({ event }) {
    if (event.payload === 1) router.on('cat.spotted', ({ event }) => void heard.push(event.payload));
  });
  await using bus = e.bus({ handlers: [router] });
  await bus.scope(({ dispatch }) => [1, 2].forEach((n) => dispatch('cat.spotted', n)));
  expect(heard).toEqual([2]);
});

it('Listeners of one event start in the order of their registration, whatever their patterns are.', async () => {
  const heard: string[] = [];
  const one = e.router();
  const two = e.router();
  const patterns = [
    'user.created',
    'user.*',
    '*',
    ['user.created', 'order.*'],
    'user.created',
    '!order.*',
  ] as const;
  for (const [i, pattern] of patterns.entries()) one.on(pattern as '*', () => void heard.push(`one ${i}`));
  for (const [i, pattern] of patterns.entries()) two.on(pattern as '*', () => void heard.push(`two ${i}`));
  await using bus = e.bus({
    handlers: [two, { name: 'between', handle: () => void heard.push('handler') }, one],
  });
  await bus.publish('user.created', { id: '1' });
  const all = ['0', '1', '2', '3', '4', '5'];
  expect(heard).toEqual([...all.map((i) => `two ${i}`), 'handler', ...all.map((i) => `one ${i}`)]);
});

it('A function that is registered twice makes two listeners.', async () => {
  let calls = 0;
  const count = () => void calls++;
  await using bus = e.bus({ handlers: [e.router().on('*', count).on('user.*', count)] });
  await bus.publish('user.created', { id: '1' });
  expect(calls).toBe(2);
});

it('The signal option removes the listener when it aborts.', async () => {
  const heard: unknown[] = [];
  const off = new AbortController();
  const router = e
    .router()
    .on('cat.spotted', ({ event }) => void heard.push(['off', event.payload]), { signal: off.signal })
    .on('cat.spotted', ({ event }) => void heard.push(['on', event.payload]));
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  off.abort();
  await bus.publish('cat.spotted', 2);
  expect(heard).toEqual([
    ['off', 1],
    ['on', 1],
    ['on', 2],
  ]);
});

it('A listener whose signal has already aborted is not registered, and its name stays free.', async () => {
  const heard: string[] = [];
  const router = e.router();
  router.on('*', () => void heard.push('off'), { signal: AbortSignal.abort(), name: 'mine' });
  router.on('*', () => void heard.push('on'), { name: 'mine' });
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  expect(heard).toEqual(['on']);
});

it('A listener that is removed while it runs finishes its event, and gets no further event of the flush.', async () => {
  const heard: unknown[] = [];
  const off = new AbortController();
  const { promise, open } = gate();
  const router = e.router().on(
    'cat.spotted',
    async ({ event }) => {
      await promise;
      heard.push(event.payload);
    },
    { signal: off.signal, name: 'mine' },
  );
  await using bus = e.bus({ handlers: [router] });
  const flushed = bus.scope(({ dispatch }) => [1, 2, 3].forEach((n) => dispatch('cat.spotted', n)));
  off.abort();
  open();
  await flushed;
  expect(heard).toEqual([1]);
  router.on('cat.spotted', () => {}, { name: 'mine' });
});

it('Routers compose, and a router of a smaller catalog gets only the events of that catalog.', async () => {
  const users = {
    'user.created': z.object({ id: z.string() }),
    'user.deleted': z.object({ id: z.string() }),
  };
  const orders = { 'order.placed': z.object({ id: z.string() }) };
  const user = initEvents.create(defineEvents(users));
  const order = initEvents.create(defineEvents(orders));
  const shop = initEvents.create(defineEvents({ ...users, ...orders }));
  const heard: string[] = [];
  const userRouter = user.router().on('*', ({ event }) => void heard.push(`users: ${event.name}`));
  userRouter.on('!user.deleted', ({ event }) => void heard.push(`not deleted: ${event.name}`));
  const orderRouter = order.router().on('*', ({ event }) => void heard.push(`orders: ${event.name}`));
  await using bus = shop.bus({ handlers: [userRouter, orderRouter] });
  await bus.publish('user.deleted', { id: '1' });
  await bus.publish('order.placed', { id: '1' });
  await bus.publish('user.created', { id: '1' });
  expect(heard).toEqual([
    'users: user.deleted',
    'orders: order.placed',
    'users: user.created',
    'not deleted: user.created',
  ]);
});

it('One router can serve two buses, and hears the events of both.', async () => {
  const heard: unknown[] = [];
  const router = e.router().on('cat.spotted', ({ event }) => void heard.push(event.payload));
  await using one = e.bus({ handlers: [router] });
  await using two = e.bus({ handlers: [router] });
  await one.publish('cat.spotted', 'one');
  await two.publish('cat.spotted', 'two');
  router.on('cat.spotted', ({ event }) => void heard.push(`late ${event.payload as string}`));
  await one.publish('cat.spotted', 'one');
  await two.publish('cat.spotted', 'two');
  expect(heard).toEqual(['one', 'two', 'one', 'late one', 'two', 'late two']);
});

it('A router that a bus is given several times, or as views, is one handler.', async () => {
  let calls = 0;
  const router = e.router().on('*', () => void calls++, { name: 'count' });
  const view = router.use(({ next }) => next());
  view.on('*', () => void calls++);
  await using bus = e.bus({ handlers: [view, router, router.provide({})] });
  await bus.publish('cat.spotted', 1);
  expect(calls).toBe(2);
});

it('After the first dispatch of a name, no pattern is matched again until a listener is added.', async () => {
  const router = e.router().on('cat.*', () => {});
  for (let i = 0; i < 100; i++) router.on(`{user,order,cat}.*`, () => {});
  await using bus = e.bus({ handlers: [router] });
  const exec = vi.spyOn(RegExp.prototype, 'exec');
  async function matchesIn(publish: () => Promise<unknown>): Promise<number> {
    exec.mockClear();
    await publish();
    return exec.mock.calls.length;
  }
  const publish = () => bus.publish('cat.spotted', 1);
  try {
    expect(await matchesIn(publish)).toBeGreaterThan(100);
    expect(await matchesIn(publish)).toBe(0);
    expect(await matchesIn(() => bus.scope(({ dispatch }) => dispatch('cat.spotted', 1)))).toBe(0);
    router.on('user.*', () => {});
    expect(await matchesIn(publish)).toBeGreaterThan(100);
    expect(await matchesIn(publish)).toBe(0);
  } finally {
    exec.mockRestore();
  }
});
