import { expect, it } from 'vitest';
import { collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

it('publish resolves with the event and the failures when the listeners are done.', async () => {
  const { promise, open } = gate();
  const router = e.router();
  const boom = new Error('boom');
  let done = false;
  router.on('user.*', async () => {
    await promise;
    done = true;
  });
  router.on(
    'user.created',
    () => {
      throw boom;
    },
    { name: 'failing' },
  );
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  let delivery: Awaited<ReturnType<typeof bus.publish>> | undefined;
  const published = bus.publish('user.created', { id: '1' }).then((it) => (delivery = it as never));
  await turn();
  expect(delivery).toBe(undefined);
  open();
  await published;
  expect(done).toBe(true);
  expect(delivery).toMatchObject({
    event: { name: 'user.created', payload: { id: '1' }, depth: 0 },
    failures: [{ listener: 'failing', error: { code: 'LISTENER_FAILED', cause: boom } }],
  });
});

it('publish does not wait for events that the listeners chain.', async () => {
  const { promise, open } = gate();
  const router = e.router();
  router.on('user.created', ({ ctx }) => ctx.dispatch('user.deleted', { id: '1' }));
  router.on('user.deleted', () => promise);
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('user.created', { id: '1' });
  open();
});

it('publish begins at once: synchronous listeners have run when it returns.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const published = bus.publish('cat.spotted', 1);
  expect(seen.payloads).toEqual([1]);
  await published;
});

it('publish belongs to no scope: its event is kept if the scope around it fails.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const scope = bus.scope(async () => {
    await bus.publish('cat.spotted', 'published');
    e.dispatch('cat.spotted', 'dispatched');
    throw new Error('no');
  });
  await expect(scope).rejects.toThrow('no');
  expect(seen.payloads).toEqual(['published']);
});

it('publish leaves its caller outside any scope.', async () => {
  await using bus = e.bus({ handlers: [e.router().on('*', async () => {})] });
  const published = bus.publish('cat.spotted', 1);
  expect(() => e.dispatch('cat.spotted', 2)).toThrow(expect.objectContaining({ code: 'NO_SCOPE' }));
  await published;
  expect(() => e.dispatch('cat.spotted', 2)).toThrow(expect.objectContaining({ code: 'NO_SCOPE' }));
});

it('publish has the options key and meta, but not when, because there is no outcome.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  const { event } = await bus.publish('cat.spotted', 1, { key: 'k', meta: { tenant: 't' } });
  expect(event).toMatchObject({ key: 'k', meta: { tenant: 't' } });
  const refused = untyped(bus.publish)('cat.spotted', 1, { when: 'failure' });
  await expect(refused).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: 'bus.publish has no option "when". Known are "key", "meta".',
  });
});

it('publish rejects and never throws, whatever is wrong with the call.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  const publish = untyped(bus.publish);
  for (const [args, code] of [
    [['nope'], 'UNKNOWN_EVENT'],
    [['user.created', {}], 'INVALID_PAYLOAD'],
    [['cat.spotted', 1, { keey: 1 }], 'BAD_OPTION'],
    [['cat.spotted', 1, { key: '' }], 'BAD_OPTION'],
    [['cat.spotted', 1, { meta: 7 }], 'META_FAILED'],
  ] as const) {
    await expect(publish(...args)).rejects.toMatchObject({ code });
  }
});

it('A listener of one bus may publish to another bus, and the event carries its cause.', async () => {
  const seen = collector();
  await using two = e.bus({ handlers: [seen.handler] });
  const router = e.router().on('user.created', () => two.publish('user.deleted', { id: '1' }));
  await using one = e.bus({ handlers: [router] });
  const { event } = await one.publish('user.created', { id: '1' });
  expect(seen.events).toMatchObject([{ causationId: event.id, correlationId: event.id, depth: 1 }]);
});
