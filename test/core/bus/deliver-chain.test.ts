import { expect, it } from 'vitest';
import { initEvents, type EventForwarder } from '../../../src/index.ts';
import { catalog, collector, e } from '../shop.ts';

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

it('An event that a listener publishes is part of the chain, and a failure of the listener itself goes back to itself.', async () => {
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

it('publish resolves with only the failures of its own listeners.', async () => {
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

it('An event of a chain that is too deep is a failure of the delivery, dispatched or published.', async () => {
  for (const way of ['dispatch', 'publish'] as const) {
    const router = e.router();
    router.on('cat.spotted', ({ ctx }) => void (way === 'dispatch' ? ctx.dispatch('cat.spotted', 1) : bus.publish('cat.spotted', 1)), { name: 'again' }); // prettier-ignore
    const bus = e.bus({ handlers: [router], onError: () => {}, limits: { depth: 3 } });
    const { failures } = await bus.deliver({ ...message, name: 'cat.spotted' });
    expect(failures).toMatchObject([
      { error: { code: 'CHAIN_TOO_DEEP' }, listener: undefined, via: 'again' },
    ]);
  }
});

it('A chain that is dropped because the bus was disabled meanwhile is a failure of the delivery.', async () => {
  const router = e.router();
  router.on('user.created', ({ ctx }) => {
    ctx.dispatch('order.placed', { id: '1' });
    bus.enabled = false;
  }, { name: 'orders' }); // prettier-ignore
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.deliver(message);
  expect(failures).toMatchObject([
    { event: { name: 'order.placed' }, via: 'orders', error: { code: 'DISABLED' } },
  ]);
});

it('The signal of a delivery reaches the listeners of its chain, and ends their retries.', async () => {
  const controller = new AbortController();
  const signals: AbortSignal[] = [];
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('order.placed', { id: '1' }), { name: 'orders' });
  router.on(
    'order.placed',
    ({ signal }) => {
      signals.push(signal);
      controller.abort(boom);
      throw boom;
    },
    { name: 'bill', retry: { attempts: 3, minDelay: 60_000 } },
  );
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.deliver(message, { signal: controller.signal });
  expect([signals.length, signals[0]!.aborted, failures.length]).toEqual([1, true, 1]);
});

it('To whoever publishes in a listener, a failure goes back to a listener of the published event.', async () => {
  const router = e.router();
  let via: unknown;
  router.on('user.created', async () => {
    const { failures } = await bus.publish('order.placed', { id: '1' });
    via = failures[0]!.via;
  }, { name: 'outer' }); // prettier-ignore
  router.on('order.placed', fail, { name: 'inner' });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.deliver(message);
  expect([via, failures[0]!.via]).toEqual(['inner', 'outer']);
});

it('A delivery to a list runs its targets in the order of their registration.', async () => {
  const log: string[] = [];
  const queue = {
    name: 'queue',
    remote: true,
    local: true,
    handle: () => void log.push('queue'),
  } as EventForwarder;
  const router = e.router().on('user.created', ({ listener }) => void log.push(listener), { name: 'mail' });
  const bus = e.bus({ handlers: [queue, router] });
  await bus.deliver(message, { listener: ['mail', 'queue'] });
  expect(log).toEqual(['queue', 'mail']);
});

it('An event that a forwarder dispatches gets a ctx that createContext makes, though the forwarder has none.', async () => {
  const log: unknown[] = [];
  const app = initEvents.context<{ db: string }>().create(catalog);
  const queue = {
    name: 'queue',
    remote: true,
    local: true,
    events: 'user.*',
    handle: (_: unknown, { ctx }: { ctx: { dispatch: (name: string, payload: unknown) => void } }) =>
      ctx.dispatch('cat.spotted', 1),
  };
  const router = app.router().on('cat.spotted', ({ ctx }) => void log.push(ctx.db));
  const bus = app.bus({ handlers: [router, queue as never], createContext: () => ({ db: 'made' }) });
  await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(log).toEqual(['made']);
});
