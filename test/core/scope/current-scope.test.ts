import { expect, it } from 'vitest';
import type { EventObserver } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

/** Returns true if e.dispatch finds a scope here. */
function isInScope(): boolean {
  try {
    e.dispatch('cache.cleared');
    return true;
  } catch {
    return false;
  }
}
const envelope = { id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date(0) };

const observer: EventObserver = {
  name: 'observer',
  wrapFlush: (_, run) => void run(),
  wrapAttempt: (_, run) => void run(),
  wrapDelivery: (_, run) => void run(),
};

it.each([
  ['without observers', []],
  ['with an observer', [observer]],
])('Code that starts a flush is not in the scope of its listeners afterward, %s.', async (_, observers) => {
  const router = e.router();
  router.on('user.created', () => {}).on('user.created', async () => {});
  router.on('user.created', ({ ctx }) => ctx.dispatch('user.deleted', { id: '1' }));
  const bus = e.bus({ handlers: [router], unhandled: 'ignore', observers });
  let late!: () => void;
  await bus.scope(({ dispatch }) => void (late = () => dispatch('user.created', { id: '1' })));
  const ways: Record<string, () => unknown> = {
    publish: () => bus.publish('user.created', { id: '1' }),
    deliver: () => bus.deliver(envelope),
    'bus.scope': () => bus.scope(({ dispatch }) => dispatch('user.created', { id: '1' })),
    'bus.scope that fails': () =>
      bus
        .scope(({ dispatch }) => {
          dispatch('user.created', { id: '1' }, { when: 'settled' });
          throw new Error('no');
        })
        .catch(() => {}),
    'a late dispatch': late,
    drain: () => bus.drain(),
  };
  for (const [name, way] of Object.entries(ways)) {
    const done = way();
    expect([name, isInScope()]).toEqual([name, false]);
    await done;
    expect([name, isInScope()]).toEqual([name, false]);
  }
});

it('A listener that starts a flush stays in its own attempt.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router();
  const bus = e.bus({ handlers: [router, seen.handler] });
  router.on('user.created', async ({ ctx }) => {
    void bus.publish('user.deleted', { id: '1' });
    ctx.dispatch('cat.spotted', 'ctx.dispatch');
    e.dispatch('cat.spotted', 'e.dispatch');
    await bus.publish('user.deleted', { id: '1' });
    e.dispatch('cat.spotted', 'after publish');
    await bus.scope(() => e.dispatch('cat.spotted', 'in a scope'));
    e.dispatch('cat.spotted', 'after the scope');
    await bus.deliver({ ...envelope, name: 'user.deleted' });
    e.dispatch('cat.spotted', 'after deliver');
  });
  router.on('user.deleted', () => {});
  const { event } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(seen.payloads).toHaveLength(6);
  expect(new Set(seen.events.map(({ causationId }) => causationId))).toEqual(new Set([event.id]));
});

it('Listeners of one flush keep their scopes apart, and so do concurrent flushes.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const { promise, open } = gate();
  const router = e.router();
  for (const name of ['one', 'two', 'three']) {
    router.on('user.created', async ({ event }) => {
      await promise;
      e.dispatch('cat.spotted', `${name} ${event.payload.id}`);
      await turn();
      e.dispatch('cat.spotted', `${name} ${event.payload.id}`);
    });
  }
  const bus = e.bus({ handlers: [router, seen.handler] });
  const published = ['1', '2'].map((id) => bus.publish('user.created', { id }));
  open();
  const ids = (await Promise.all(published)).map(({ event }) => event.id);
  await bus.drain();
  expect(seen.events).toHaveLength(12);
  for (const { payload, causationId } of seen.events) {
    expect(causationId).toBe(ids[Number((payload as string).at(-1)) - 1]);
  }
});

it('An event that onError publishes is caused by the attempt that failed, not by an event that it chained.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router();
  for (const wait of [async () => {}, turn]) {
    router.on('user.created', async ({ ctx }) => {
      await wait();
      ctx.dispatch('user.deleted', { id: '1' }, { when: 'failure' });
      throw new Error('no');
    });
  }
  router.on('user.created', ({ ctx }) => {
    ctx.dispatch('user.deleted', { id: '1' }, { when: 'failure' });
    throw new Error('no');
  });
  router.on('user.deleted', () => {});
  let publish!: () => void;
  const bus = e.bus({ handlers: [router, seen.handler], onError: () => publish() });
  publish = () => void bus.publish('cat.spotted', 1);
  const { event } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(seen.events).toHaveLength(3);
  expect(new Set(seen.events.map(({ causationId }) => causationId))).toEqual(new Set([event.id]));
});
