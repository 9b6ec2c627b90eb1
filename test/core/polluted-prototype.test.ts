import { expect, it, onTestFinished } from 'vitest';
import { auto, echo, type AnyEvent } from '../../src/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { collector, e, thrownBy, untyped } from './shop.ts';

/** Puts a value on the prototype of all objects until the test ends, as a careless dependency may. */
function pollute(key: string, value: unknown): void {
  // oxlint-disable-next-line no-extend-native -- that is what this tests
  Object.defineProperty(Object.prototype, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  onTestFinished(() => void delete (Object.prototype as Record<string, unknown>)[key]);
}

it('A key on Object.prototype gets into no payload.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  pollute('p', {});
  await bus.publish('cat.spotted', { n: 1, inner: { m: 2 } });
  const [got] = seen.payloads as [{ inner: object }];
  expect([Object.keys(got), Object.keys(got.inner)]).toEqual([['n', 'inner'], ['m']]);
});

it.each<[string, unknown]>([
  ['event', {}],
  ['registrations', {}],
  ['provide', {}],
  ['failures', [{ id: 'x' }]],
  ['shape', {}],
  ['digest', 'NEXT_REDIRECT;'],
  ['issues', {}],
  ['handleMany', () => {}],
  ['passive', 'yes'],
  ['remote', true],
  ['local', 'yes'],
  ['close', 'no'],
  ['events', 'nothing.*'],
  ['open', () => Promise.reject(new Error('open'))],
])('Handlers, listeners and middlewares run as ever with %s on Object.prototype.', async (key, value) => {
  pollute(key, value);
  const batches: (readonly AnyEvent[])[] = [];
  const seen: string[] = [];
  const router = e.router();
  router.use(({ next }) => next()).on('cat.spotted', ({ event }) => void seen.push(event.name));
  const many = { name: 'many', handleMany: (events: readonly AnyEvent[]) => (batches.push(events), {}) };
  const one = { name: 'one', handle: (event: AnyEvent) => void seen.push(event.name) };
  await using bus = e.bus({ handlers: [router, many, one], observers: [{ name: 'watcher' }] });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect([failures, seen, batches.length]).toEqual([[], ['cat.spotted', 'cat.spotted'], 1]);
  await bus.scope(({ dispatch }) => dispatch('user.created', { id: '1' }));
  expect(batches).toHaveLength(2);
});

it.each<[string, unknown]>([
  ['listener', 'nobody'],
  ['signal', 'none'],
  ['attempt', -1],
  ['key', 5],
  ['traceparent', 5],
  ['depth', -1],
])('deliver takes neither options nor fields from Object.prototype: %s.', async (key, value) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const { encode, decode } = cloudEvents();
  const envelope = {
    id: '1',
    name: 'cat.spotted',
    payload: 1,
    time: new Date(0),
    correlationId: '1',
    meta: {},
  };
  pollute(key, value);
  await bus.deliver(envelope, {});
  await bus.deliver(decode('{"specversion":"1.0","id":"2","source":"/","type":"cat.spotted"}'));
  expect(seen.events.map((event) => Object.hasOwn(event, key) && event[key as 'key'])).not.toContain(value);
  expect(seen.events).toHaveLength(2);
  expect(encode(seen.events[0]!)).not.toContain('nobody');
});

it('A message is decoded with meta and data on Object.prototype.', () => {
  const { encode, decode } = cloudEvents();
  pollute('meta', {});
  pollute('data', {});
  const event = { id: '1', name: 'cat.spotted', time: new Date(0), depth: 0, correlationId: '1' };
  const payload = { at: new Date(5) };
  expect(decode(encode({ ...event, payload, meta: {} })).payload).toStrictEqual(payload);
});

it.each<[string, unknown, () => unknown]>([
  ['budget', 'long', () => auto({})],
  ['maxWait', 'long', () => auto({})],
  ['timeout', 'long', () => e.router().on('cat.spotted', () => {}, { name: 'mail', retry: { attempts: 2 } })],
  [
    'minDelay',
    'long',
    () => e.router().on('cat.spotted', () => {}, { name: 'mail', retry: { attempts: 2 } }),
  ],
  ['name', 7, () => expect(echo({}).name).toBe('echo')],
  ['limits', 'none', () => e.bus({ handlers: [] })],
  ['transformer', 'none', () => cloudEvents({})],
])('Options are not read from Object.prototype: %s.', (key, value, use) => {
  pollute(key, value);
  expect(use).not.toThrow();
});

it('Only own keys count as options.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.scope(({ dispatch }) => {
    untyped(dispatch)('cat.spotted', 1, Object.create({ when: 'bogus', key: 7 }));
    untyped(dispatch)('cat.spotted', 2, Object.create({ key: 'inherited' }));
  });
  expect(seen.events.map(({ key }) => key)).toEqual([undefined, undefined]);
  const own = Object.assign(Object.create({}) as object, { when: 'bogus' });
  const failed = bus.scope(({ dispatch }) => thrownBy(() => untyped(dispatch)('cat.spotted', 1, own)));
  expect(await failed).toMatchObject({ code: 'BAD_OPTION' });
});
