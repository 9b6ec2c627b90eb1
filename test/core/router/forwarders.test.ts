import { expect, it } from 'vitest';
import { echo, type AnyEvent, type EventForwarder, type EventHandler } from '../../../src/index.ts';
import { e, thrownBy } from '../shop.ts';

/** Makes a forwarder that records the events it should send. */
function queue(options: { events?: string | string[]; local?: boolean; name?: string; many?: boolean } = {}) {
  const sent: AnyEvent[] = [];
  const { many = true, ...rest } = options;
  const handler: EventForwarder = {
    name: 'queue',
    remote: true,
    ...rest,
    ...(many
      ? { handleMany: (events: readonly AnyEvent[]) => void sent.push(...events) }
      : { handle: (event: AnyEvent) => void sent.push(event) }),
  };
  return { handler, names: () => sent.map(({ name }) => name) };
}
const user = { id: '1' };
const envelope = (name: string) => ({ id: 'a', name, payload: user, time: new Date(0) });
const ask = (names: string) =>
  `The forwarder "queue" and local listeners both take ${names}. Say who gets them: \`local: true\` for both, \`local: false\` for only the queue, if a worker with the same router does the work.`;

it.each([true, false])(
  'The option local: %s of a forwarder decides whether listeners of this process get its events too.',
  async (local) => {
    const heard: string[] = [];
    const router = e.router().on('*', ({ event }) => void heard.push(event.name));
    const own: EventHandler = { name: 'own', handle: (event) => heard.push(`own ${event.name}`) };
    const forwarder = queue({ events: 'user.*', local });
    await using bus = e.bus({ handlers: [router, own, forwarder.handler] });
    await bus.publish('user.created', user);
    await bus.publish('cache.cleared');
    expect(forwarder.names()).toEqual(['user.created']);
    const users = local ? ['user.created', 'own user.created'] : [];
    expect(heard).toEqual([...users, 'cache.cleared', 'own cache.cleared']);
  },
);

it.each([true, false, undefined])(
  'An event from a queue goes to the listeners and not back to the queue; events they chain do (local: %s).',
  async (local) => {
    const heard: string[] = [];
    const router = e.router();
    const forwarder = queue(local === undefined ? { events: 'cache.*' } : { local });
    router.on('user.created', ({ ctx, event }) => {
      heard.push(event.name);
      ctx.dispatch('cache.cleared');
    });
    await using bus = e.bus({ handlers: [router, forwarder.handler], unhandled: 'ignore' });
    await bus.deliver(envelope('user.created'));
    expect(heard).toEqual(['user.created']);
    expect(forwarder.names()).toEqual(['cache.cleared']);
  },
);

it('A worker with the same router does the work that local: false left to it.', async () => {
  const heard: string[] = [];
  const router = e.router().on('user.created', ({ event }) => void heard.push(event.payload.id));
  const worker = e.bus({ handlers: [router] });
  const forwarder: EventForwarder = {
    name: 'queue',
    remote: true,
    local: false,
    handle: (event) => worker.deliver(JSON.parse(JSON.stringify(event)) as never),
  };
  await using web = e.bus({ handlers: [router, forwarder] });
  await web.publish('user.created', user);
  expect(heard).toEqual(['1']);
});

it.each<[string, EventHandler]>([
  ['a router', e.router().on(['user.*', 'cat.*'], () => {})],
  ['a handler', { name: 'own', events: ['user.*', 'cat.*'], handle() {} }],
  ['a handler of whole flushes', { name: 'own', events: ['user.*', 'cat.*'], handleMany() {} }],
])('e.bus asks for the option local if a forwarder lacks it and %s takes the same events.', (_, other) => {
  for (const handlers of [
    [other, queue({ events: 'user.*' }).handler],
    [queue({ events: 'user.*' }).handler, other],
  ]) {
    expect(thrownBy(() => e.bus({ handlers }))).toMatchObject({
      code: 'BAD_OPTION',
      message: ask('"user.created", "user.deleted"'),
    });
  }
});

it('A later .on that takes the events of a forwarder without local is refused, and registers nothing.', async () => {
  const heard: string[] = [];
  const router = e.router().on('cat.spotted', () => {});
  const forwarder = queue({ events: 'user.*' });
  await using bus = e.bus({ handlers: [router, forwarder.handler] });
  const late = () => void heard.push('late');
  for (const [pattern, names] of [
    ['user.created', '"user.created"'],
    ['*', '"user.created", "user.deleted"'],
    ['!cat.*', '"user.created", "user.deleted"'],
  ] as const) {
    expect(thrownBy(() => router.on(pattern as '*', late, { name: 'late' }))).toMatchObject({
      code: 'BAD_OPTION',
      message: ask(names),
    });
    expect(thrownBy(() => router.use(({ next }) => next()).on(pattern as '*', late))).toMatchObject({
      message: ask(names),
    });
  }
  router.on('order.placed', () => {}, { name: 'late' });
  await bus.publish('user.created', user);
  expect(heard).toEqual([]);
});

it('A forwarder needs no local beside an empty router, echo, passive handlers, observers, streams or forwarders.', async () => {
  const printed: string[] = [];
  const forwarder = queue({ many: false });
  const other = queue({ name: 'other queue' });
  const handlers = [
    forwarder.handler,
    other.handler,
    e.router(),
    echo({ print: (line) => printed.push(line) }),
    { name: 'counter', passive: true, handle: () => void printed.push('counted') },
  ];
  await using bus = e.bus({ handlers, observers: [{ name: 'observer' }] });
  const stream = bus.stream('*');
  await bus.publish('user.created', user);
  expect(forwarder.names()).toEqual(['user.created']);
  expect(other.names()).toEqual(['user.created']);
  expect(printed).toHaveLength(2);
  expect((await stream.next()).value).toMatchObject({ name: 'user.created' });
});

it('Passive handlers see the events that local: false sends away, and the events that come back.', async () => {
  const watched: string[] = [];
  const watcher: EventHandler = { name: 'watcher', passive: true, handle: ({ name }) => watched.push(name) };
  const router = e.router().on('*', () => {});
  await using bus = e.bus({ handlers: [router, watcher, queue({ local: false }).handler] });
  await bus.publish('user.created', user);
  await bus.deliver(envelope('user.deleted'));
  expect(watched).toEqual(['user.created', 'user.deleted']);
});

it('A forwarder that fails is reported like a listener that fails.', async () => {
  const failing: EventForwarder = {
    name: 'queue',
    remote: true,
    handleMany: () => Promise.reject(new Error('no network')),
  };
  await using bus = e.bus({ handlers: [failing], onError: () => {} });
  const { failures } = await bus.publish('user.created', user);
  expect(failures).toMatchObject([{ listener: 'queue', error: { cause: { message: 'no network' } } }]);
});
