import { expect, it } from 'vitest';
import type { EventForwarder } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

const boom = new Error('boom');
const fail = () => Promise.reject(boom);
const message = { id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date(0) };

it('Failures of a chain are failures of the delivery, each with its event and the listener that it goes back to.', async () => {
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('order.placed', { id: '1' }), { name: 'orders' });
  router.on('user.created', () => {}, { name: 'fine' });
  router.on('order.placed', ({ ctx }) => ctx.dispatch('cat.spotted', 1), { name: 'cats' });
  router.on('order.placed', fail, { name: 'bill' });
  const queue: EventForwarder = { name: 'queue', remote: true, events: 'cat.*', handle: fail };
  const bus = e.bus({ handlers: [router, queue], onError: () => {} });
  const { failures } = await bus.deliver(message);
  expect(failures.map(({ event, listener, via }) => [event.name, listener, via])).toEqual([
    ['order.placed', 'bill', 'orders'],
    ['cat.spotted', 'queue', 'orders'],
  ]);
  expect(failures.map(({ error }) => error.cause)).toEqual([boom, boom]);
});

it('What a listener publishes is part of the chain, and a failure of the listener itself goes back to itself.', async () => {
  const router = e.router();
  router.on('user.created', () => void bus.publish('order.placed', { id: '1' }), { name: 'publishes' });
  router.on('user.created', fail, { name: 'mail' });
  router.on('order.placed', fail, { name: 'bill' });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.deliver(message);
  expect(failures.map(({ event, listener, via }) => [event.name, listener, via])).toEqual([
    ['user.created', 'mail', 'mail'],
    ['order.placed', 'bill', 'publishes'],
  ]);
});

it('An event of a chain that no handler takes is a failure of the delivery if it counts as an error.', async () => {
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('order.placed', { id: '1' }), { name: 'orders' });
  const bus = e.bus({ handlers: [router], onError: () => {}, unhandled: 'error' });
  const { failures } = await bus.deliver(message);
  expect(failures).toMatchObject([
    { event: { name: 'order.placed' }, listener: undefined, via: 'orders', error: { code: 'UNHANDLED' } },
  ]);
});

it('publish resolves with the failures of its own listeners alone.', async () => {
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('order.placed', { id: '1' }));
  router.on('order.placed', fail);
  const bus = e.bus({ handlers: [router], onError: () => {} });
  expect((await bus.publish('user.created', { id: '1' })).failures).toEqual([]);
  await bus.drain();
});

it.each(['enabled', 'TRPC_EVENTS_DISABLED'])('A bus that is disabled takes no message: %s.', async (how) => {
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler] });
  if (how === 'enabled') bus.enabled = false;
  else process.env[how] = '1';
  try {
    await expect(bus.deliver(message)).rejects.toMatchObject({ code: 'DISABLED' });
    await expect(bus.deliver({ ...message, name: 'unknown' })).rejects.toMatchObject({ code: 'DISABLED' });
  } finally {
    delete process.env['TRPC_EVENTS_DISABLED'];
  }
  bus.enabled = true;
  await bus.deliver(message);
  expect(seen.names).toEqual(['user.created']);
});

it('A name outside the catalog is UNKNOWN_EVENT, and a bad payload is BAD_MESSAGE.', async () => {
  const bus = e.bus({ handlers: [collector().handler] });
  await expect(bus.deliver({ ...message, name: 'user.creatd' })).rejects.toMatchObject({
    code: 'UNKNOWN_EVENT',
    message: expect.stringContaining('Did you mean "user.created"?'),
  });
  await expect(bus.deliver({ ...message, name: '__proto__' })).rejects.toMatchObject({
    code: 'UNKNOWN_EVENT',
  });
  await expect(bus.deliver({ ...message, name: 'no name' })).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  await expect(bus.deliver({ ...message, payload: 1 })).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
});
