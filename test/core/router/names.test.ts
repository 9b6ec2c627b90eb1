import { afterEach, expect, it, vi } from 'vitest';
import { e, thrownBy } from '../shop.ts';

afterEach(() => vi.unstubAllEnvs());
const taken = (name: string) => ({
  code: 'BAD_OPTION',
  message: `Two listeners or handlers are named "${name}": names must be unique in a bus, because reports and queues identify listeners by them. Rename one.`,
});
const none = () => {};
const named = (...names: string[]) => {
  const router = e.router();
  for (const name of names) router.on('*', none, { name });
  return router;
};
const handler = (name: string) => ({ name, handle() {} });

it('Two listeners that are given the same name on one router are refused, even through a view.', () => {
  const router = named('mine');
  expect(thrownBy(() => router.on('user.*', none, { name: 'mine' }))).toMatchObject(taken('mine'));
  const view = router.use(({ next }) => next());
  expect(thrownBy(() => view.on('user.*', none, { name: 'mine' }))).toMatchObject(taken('mine'));
});

it.each([
  ['two routers', () => [named('mine'), named('other', 'mine')]],
  ['a router and a handler', () => [named('mine'), handler('mine')]],
  ['two handlers', () => [handler('mine'), handler('mine')]],
  ['one handler twice', () => Array.from({ length: 2 }, () => SAME)],
])('A name given twice is refused when the bus is made: %s.', (_, handlers) => {
  expect(thrownBy(() => e.bus({ handlers: handlers() }))).toMatchObject(taken('mine'));
});
const SAME = handler('mine');

it.each([
  ['another router of the bus', () => named('mine')],
  ['a handler of the bus', () => handler('mine')],
])('A later .on with the name of %s is refused, and registers nothing.', async (_, other) => {
  const heard: string[] = [];
  const router = e.router();
  await using bus = e.bus({ handlers: [router, other()] });
  const listener = () => void heard.push('late');
  expect(thrownBy(() => router.on('*', listener, { name: 'mine' }))).toMatchObject(taken('mine'));
  await bus.publish('cat.spotted', 1);
  expect(heard).toEqual([]);
  router.on('*', listener, { name: 'other' });
});

it('Routers of different buses may use the same name.', async () => {
  await using one = e.bus({ handlers: [named('mine')] });
  await using two = e.bus({ handlers: [named('mine')] });
  await one.publish('cat.spotted', 1);
  await two.publish('cat.spotted', 1);
});

/** Returns the names by which a bus knows its listeners. */
async function namesOf(
  ...handlers: Parameters<typeof e.bus>[0]['handlers']
): Promise<(string | undefined)[]> {
  const names: string[] = [];
  const observer = {
    name: 'names',
    wrapAttempt({ listener }: { listener: string }, run: () => unknown) {
      names.push(listener);
      run();
    },
  };
  await using bus = e.bus({ handlers, observers: [observer] });
  await bus.publish('user.created', { id: '1' });
  return names;
}

it('A listener without a given name is named after its function or pattern, with a number if that is taken.', async () => {
  const router = e.router();
  function notify() {}
  const audit = async () => {};
  router.on('user.created', notify).on('user.*', notify).on('*', audit);
  router.on('user.created', () => {}).on('user.created', () => {});
  router.on(['user.*', '!user.deleted'], () => {});
  router.use(({ next }) => next()).on('*', notify);
  const other = e.router().on('user.created', notify);
  expect(await namesOf(router, other)).toEqual([
    'notify',
    'notify#2',
    'audit',
    'user.created',
    'user.created#2',
    'user.*, !user.deleted',
    'notify#3',
    'notify#4',
  ]);
});

it('A derived name gives way to the same name given to another listener or handler, earlier or later.', async () => {
  const router = e.router();
  router.on('user.created', function mine() {});
  router.on('user.created', () => {}, { name: 'mine' });
  router.on('user.created', function taken() {});
  router.on('user.created', function several() {});
  router.on('user.created', () => {}, { name: 'several#2' });
  router.on('user.created', function several() {});
  expect(await namesOf(router, handler('taken'))).toEqual([
    'mine#2',
    'mine',
    'taken#2',
    'several',
    'several#2',
    'several#3',
    'taken',
  ]);
});

it('bus.deliver finds listeners by derived names too.', async () => {
  const heard: string[] = [];
  const router = e.router();
  router.on('user.created', () => void heard.push('first'));
  router.on('user.created', () => void heard.push('second'));
  await using bus = e.bus({ handlers: [router] });
  const envelope = { id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date(0) };
  await bus.deliver(envelope, { listener: 'user.created#2' });
  expect(heard).toEqual(['second']);
});

it('In development, a listener replaces the one with the same name on its router, in every bus of the router.', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  const heard: string[] = [];
  const router = e.router();
  router.on('cat.*', () => void heard.push('old'), { name: 'mine' });
  await using one = e.bus({ handlers: [router] });
  await using two = e.bus({ handlers: [router] });
  await one.publish('cat.spotted', 1);
  router.on('cat.*', () => void heard.push('new'), { name: 'mine' });
  router.use(({ next }) => next()).on('cat.*', () => void heard.push('newest'), { name: 'mine' });
  await one.publish('cat.spotted', 1);
  await two.publish('cat.spotted', 1);
  expect(heard).toEqual(['old', 'newest', 'newest']);
});

it('In development, the same name on two routers or handlers of a bus is still refused.', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  expect(thrownBy(() => e.bus({ handlers: [named('mine'), handler('mine')] }))).toMatchObject(taken('mine'));
  const router = e.router();
  await using _ = e.bus({ handlers: [router, named('mine')] });
  expect(thrownBy(() => router.on('*', none, { name: 'mine' }))).toMatchObject(taken('mine'));
});

it('In development, a listener that is refused replaces nothing.', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  const heard: string[] = [];
  const router = e.router();
  router.on('cat.*', () => void heard.push('old'), { name: 'mine' });
  await using bus = e.bus({
    handlers: [router, { name: 'queue', remote: true, events: 'user.*', handle() {} }],
  });
  expect(thrownBy(() => router.on('*', none, { name: 'mine' }))).toMatchObject({ code: 'BAD_OPTION' });
  await bus.publish('cat.spotted', 1);
  expect(heard).toEqual(['old']);
});

it.each([
  [{ name: '' }, '.on("*", …): name must be a text that is not empty, not "".'],
  [{ name: 7 }, '.on("*", …): name must be a text that is not empty, not 7.'],
  [{ signal: {} }, '.on("*", …): signal must be an AbortSignal, not an object.'],
  [{ signal: { aborted: false } }, '.on("*", …): signal must be an AbortSignal, not an object.'],
  [{ nmae: 'mine' }, '.on("*", …) has no option "nmae". Did you mean "name"?'],
  [
    { priority: 7 },
    '.on("*", …) has no option "priority". Known are "name", "signal", "retry", "timeout", "concurrency".',
  ],
  [null, '.on("*", …) takes an object of options, not null.'],
  ['mine', '.on("*", …) takes an object of options, not "mine".'],
  [[], '.on("*", …) takes an object of options, not an empty list.'],
])('The listener options %j are refused, and the listener is not registered.', async (options, message) => {
  const heard: unknown[] = [];
  const router = e.router();
  const on = () => router.on('*', ({ event }) => void heard.push(event), options as never);
  expect(thrownBy(on)).toMatchObject({ code: 'BAD_OPTION', message });
  await using bus = e.bus({ handlers: [router], unhandled: 'ignore' });
  await bus.publish('cat.spotted', 1);
  expect(heard).toEqual([]);
});

it.each([[undefined], [null], ['fn'], [{}]])('A listener that is %o is refused.', (listener) => {
  expect(thrownBy(() => e.router().on('user.*', listener as never))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringMatching(/^\.on\("user\.\*", …\) takes a function as its listener, not /),
  });
});
