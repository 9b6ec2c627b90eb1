import { expect, it } from 'vitest';
import { collector, e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const delivered = (id: string) => ({
  id,
  name: 'user.created',
  payload: { id: '1' },
  time: new Date('2026-11-24T08:00:00.000Z'),
});

/** Makes a bus with a chain of two steps, in which listeners dispatch in all ways. */
function makeBus(fail: { once: boolean } = { once: false }) {
  const seen = collector({ events: ['user.deleted', 'cache.cleared', 'order.placed'] });
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      ctx.dispatch('user.deleted', { id: 'a' });
      await turn();
      e.dispatch('user.deleted', { id: 'b' });
      await bus.publish('order.placed', { id: 'published' });
      if (fail.once) {
        fail.once = false;
        throw new Error('flaky');
      }
    },
    { name: 'first' },
  );
  router.on('user.created', ({ ctx }) => ctx.dispatch('user.deleted', { id: 'c' }), { name: 'second' });
  router.on('user.deleted', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'third' });
  const bus = e.bus({ handlers: [router, seen.handler], onError: () => {} });
  const ids = () =>
    seen.events
      .splice(0)
      .map(({ id, name, payload }) => `${name} ${JSON.stringify(payload)} ${id}`)
      .toSorted();
  return { bus, seen, ids };
}

it('A redelivery chains events with the same ids, in another process too.', async () => {
  const one = makeBus();
  await one.bus.deliver(delivered('x'));
  const first = one.ids();
  expect(first).toHaveLength(7);
  await one.bus.deliver(delivered('x'));
  expect(one.ids()).toEqual(first);
  const another = makeBus();
  await another.bus.deliver(delivered('x'));
  expect(another.ids()).toEqual(first);
});

it('Derived ids are version 7 UUIDs with the time of their cause, and differ from one another.', async () => {
  const { bus, seen } = makeBus();
  await bus.deliver(delivered('x'));
  const ids = seen.events.map(({ id }) => id);
  expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(7);
  const times = ids.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
  expect(new Set(times)).toEqual(new Set([delivered('x').time.getTime()]));
});

it.each([
  [
    'the time of its id',
    '0192d3a4-0000-7000-8000-000000000000',
    '2026-11-24T08:00:00.000Z',
    '0192d3a4-0000-7',
  ],
  ['its own time, where the id has none', 'order-7', '1970-01-01T00:00:00.001Z', '00000000-0001-7'],
  ['none before 1970', 'order-7', '1900-01-01T00:00:00.000Z', '00000000-0000-7'],
  ['the last one beyond what fits', 'order-7', '+200000-01-01T00:00:00.000Z', 'ffffffff-ffff-7'],
])('A derived id takes its time from the message: %s.', async (_, id, time, prefix) => {
  const { bus, seen } = makeBus();
  await bus.deliver({ ...delivered(id), time });
  expect(seen.events.map(({ id }) => id).filter((id) => !UUID_V7.test(id) || !id.startsWith(prefix))).toEqual(
    [],
  );
});

it('Another message chains events with other ids.', async () => {
  const { bus, ids } = makeBus();
  await bus.deliver(delivered('x'));
  const first = ids();
  await bus.deliver(delivered('y'));
  expect(ids().filter((id) => first.includes(id))).toEqual([]);
});

it('A failed listener that is repeated chains the ids that it would have chained the first time.', async () => {
  const good = makeBus();
  await good.bus.deliver(delivered('x'));
  const all = good.ids();
  const { bus, ids } = makeBus({ once: true });
  const { failures } = await bus.deliver(delivered('x'));
  expect(failures.map(({ listener }) => listener)).toEqual(['first']);
  await bus.deliver(delivered('x'), { listener: 'first' });
  expect([...new Set(ids())]).toEqual(all);
});

it('Events that a publish chains have new ids each time.', async () => {
  const { bus, ids } = makeBus();
  await bus.publish('user.created', { id: '1' });
  const first = ids();
  await bus.publish('user.created', { id: '1' });
  expect(ids().filter((id) => first.includes(id))).toEqual([]);
});

it('Ids of events that a publish chains sort in the order of dispatch, as those of a call do.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router().on('user.created', ({ ctx }) => {
    for (let i = 0; i < 50; i++) ctx.dispatch('cat.spotted', i);
  });
  await using bus = e.bus({ handlers: [router, seen.handler] });
  await bus.publish('user.created', { id: '1' });
  const ids = seen.events.map(({ id }) => id);
  expect(ids).toHaveLength(50);
  expect(ids.toSorted()).toEqual(ids);
});

it('10,000 derived ids are unique.', async () => {
  const seen = collector({ events: 'cat.spotted' });
  const router = e.router().on('user.created', ({ ctx }) => {
    for (let i = 0; i < 100; i++) ctx.dispatch('cat.spotted', i);
  });
  await using bus = e.bus({ handlers: [router, seen.handler] });
  for (let i = 0; i < 100; i++) await bus.deliver(delivered(`message-${i}`));
  expect(new Set(seen.events.map(({ id }) => id)).size).toBe(10_000);
});
