import { expect, it } from 'vitest';
import { e, untyped } from '../shop.ts';

const getConnection = e.depends(() => 'connection');
const getRepo = e.depends({ connection: getConnection }, ({ connection }) => `repo on ${connection}`);

function makeBus() {
  const seen: string[] = [];
  const router = e.router();
  router
    .provide({ repo: getRepo, connection: getConnection })
    .on('cat.spotted', ({ ctx }) => void seen.push(`${ctx.repo}, ${ctx.connection}`));
  const bus = e.bus({ handlers: [router] });
  const next = async () => {
    await bus.publish('cat.spotted', 1);
    return seen.at(-1);
  };
  return { bus, next };
}
const REAL = 'repo on connection, connection';

it('bus.override replaces a dependency with a value wherever it is needed, until the override is undone.', async () => {
  const { bus, next } = makeBus();
  const restore = bus.override(getConnection, 'fake');
  expect(await next()).toBe('repo on fake, fake');
  restore();
  expect(await next()).toBe(REAL);
});

it('bus.override replaces a dependency with another one, which is made once per attempt and cleaned up.', async () => {
  const { bus, next } = makeBus();
  const log: string[] = [];
  const fake = e.depends(function* () {
    log.push('open');
    yield 'fake';
    log.push('close');
  });
  const restore = bus.override(getConnection, fake);
  expect(await next()).toBe('repo on fake, fake');
  expect(log).toEqual(['open', 'close']);
  restore();
  expect(await next()).toBe(REAL);
});

it('bus.override accepts undefined as the value.', async () => {
  const { bus, next } = makeBus();
  bus.override(getConnection, undefined as never);
  expect(await next()).toBe('repo on undefined, undefined');
});

it('A dependency that is overridden is not made.', async () => {
  let made = 0;
  const real = e.depends(() => ++made);
  const router = e.router();
  router.provide({ real }).on('cat.spotted', () => {});
  await using bus = e.bus({ handlers: [router] });
  bus.override(real, 7);
  await bus.publish('cat.spotted', 1);
  expect(made).toBe(0);
});

it('The last of several overrides counts, and overrides can be undone in any order, once each.', async () => {
  const { bus, next } = makeBus();
  const undoOne = bus.override(getRepo, 'one');
  const undoTwo = bus.override(getRepo, 'two');
  expect(await next()).toBe('two, connection');
  undoOne();
  undoOne();
  expect(await next()).toBe('two, connection');
  undoTwo();
  expect(await next()).toBe(REAL);
  bus.override(getRepo, 'three');
  undoTwo();
  expect(await next()).toBe('three, connection');
});

it('An override applies only to its own bus.', async () => {
  const one = makeBus();
  const two = makeBus();
  one.bus.override(getConnection, 'fake');
  expect(await two.next()).toBe(REAL);
});

it.each([[undefined], [null], ['repo'], [() => 1], [{}]])('bus.override(%o, …) is refused.', (dependency) => {
  const { bus } = makeBus();
  expect(() => untyped(bus.override)(dependency, 1)).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^bus\.override takes a dependency made by e\.depends, not /),
    }),
  );
});

it('A fake that needs the dependency it replaces is refused.', () => {
  const { bus } = makeBus();
  const refused = expect.objectContaining({
    code: 'BAD_OPTION',
    message: expect.stringContaining('the fake'),
  });
  const wrapped = e.depends({ repo: getRepo }, ({ repo }) => repo);
  expect(() => bus.override(getRepo, getRepo)).toThrow(refused);
  expect(() => bus.override(getConnection, wrapped)).toThrow(refused);
  bus.override(getRepo, 'fake');
  bus.override(getConnection, wrapped);
});
