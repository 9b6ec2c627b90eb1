import { expect, it } from 'vitest';
import { initEvents } from '../../../src/index.ts';
import { catalog, e, thrownBy } from '../shop.ts';
import { gate } from '../../setup/async.ts';

const app = initEvents.context<{ db: string }>().create(catalog);

it('A dependency can be made by a plain function, an async function, a generator or an async generator.', async () => {
  const plain = e.depends(() => 'plain');
  const promised = e.depends(async () => 'promised');
  const generated = e.depends(function* () {
    yield 'generated';
  });
  const generatedLater = e.depends(async function* () {
    yield 'generated later';
  });
  const yieldedPromise = e.depends(function* () {
    yield Promise.resolve('yielded promise');
  });
  const nothing = e.depends(() => undefined);
  let seen: unknown;
  const router = e.router();
  router
    .provide({ plain, promised, generated, generatedLater, yieldedPromise, nothing })
    .on('cat.spotted', ({ ctx }) => void (seen = ctx));
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  expect(seen).toEqual({
    dispatch: expect.any(Function),
    plain: 'plain',
    promised: 'promised',
    generated: 'generated',
    generatedLater: 'generated later',
    yieldedPromise: 'yielded promise',
    nothing: undefined,
  });
});

it('A dependency gets event, ctx and its sub-dependencies, which are made first.', async () => {
  const log: string[] = [];
  const connection = app.depends(({ ctx }) => {
    log.push('connection');
    return `connection to ${ctx.db}`;
  });
  const repo = app.depends({ connection }, ({ connection, event }) => {
    log.push('repo');
    return `repo on ${connection} for ${event.name}`;
  });
  const service = app.depends({ repo, connection }, ({ repo, connection }) => [repo, connection]);
  const router = app.router();
  let seen: unknown;
  router.provide({ service }).on('cat.spotted', ({ ctx }) => void (seen = ctx.service));
  await using bus = app.bus({ handlers: [router], createContext: () => ({ db: 'db' }) });
  await bus.publish('cat.spotted', 1);
  expect(seen).toEqual(['repo on connection to db for cat.spotted', 'connection to db']);
  expect(log).toEqual(['connection', 'repo']);
});

it('A dependency is made once per attempt of a listener, and shared by everything that needs it in the attempt.', async () => {
  let made = 0;
  const shared = e.depends(() => ({ number: ++made }));
  const a = e.depends({ shared }, ({ shared }) => shared);
  const b = e.depends({ shared }, ({ shared }) => shared);
  const seen: unknown[][] = [];
  const router = e.router();
  const view = router.provide({ a, b }).provide({ shared, again: shared });
  view.on('cat.spotted', ({ ctx }) => void seen.push([ctx.a, ctx.b, ctx.shared, ctx.again]));
  view.on('cat.spotted', ({ ctx }) => void seen.push([ctx.a, ctx.b, ctx.shared, ctx.again]));
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  await bus.publish('cat.spotted', 2);
  expect(seen.map((values) => new Set(values).size)).toEqual([1, 1, 1, 1]);
  expect(new Set(seen.flat()).size).toBe(4);
  expect(made).toBe(4);
});

it('Independent dependencies are made in parallel.', async () => {
  const both = gate();
  let begun = 0;
  const make = async () => {
    if (++begun === 2) both.open();
    await both.promise;
    return begun;
  };
  const router = e.router();
  const sub = e.depends(make);
  router.provide({ a: e.depends({ sub }, ({ sub }) => sub), b: e.depends(make) }).on('cat.spotted', () => {});
  await using bus = e.bus({ handlers: [router] });
  expect((await bus.publish('cat.spotted', 1)).failures).toEqual([]);
});

it('A middleware before .provide adds to the ctx that the dependency gets, and one after it sees the value.', async () => {
  const withDb = e.router();
  const repo = e.depends(({ ctx }) => `repo on ${(ctx as { db?: string }).db}`);
  let seen: string[] = [];
  withDb
    .use(({ next }) => next({ ctx: { db: 'db' } }))
    .provide({ repo })
    .use(({ ctx, next }) => ((seen = [ctx.repo]), next({ ctx: { upper: ctx.repo.toUpperCase() } })))
    .on('cat.spotted', ({ ctx }) => void seen.push(ctx.upper));
  await using bus = e.bus({ handlers: [withDb] });
  await bus.publish('cat.spotted', 1);
  expect(seen).toEqual(['repo on db', 'REPO ON DB']);
});

it('A dependency that throws fails the attempt, and the listener is not called.', async () => {
  let called = false;
  const boom = new Error('no connection');
  const router = e.router();
  const bad = e.depends(() => {
    throw boom;
  });
  router.provide({ dependent: e.depends({ bad }, () => 1) }).on('cat.spotted', () => void (called = true));
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures.map(({ error }) => error.cause)).toEqual([boom]);
  expect(called).toBe(false);
});

it.each<[string, () => unknown, string]>([
  [
    'no function',
    () => e.depends('repo' as never),
    'e.depends takes a function that makes the value, not "repo".',
  ],
  [
    'nothing',
    () => e.depends(undefined as never),
    'e.depends takes a function that makes the value, not undefined.',
  ],
  [
    'needs without a function',
    () => e.depends({} as never, undefined as never),
    'e.depends takes a function that makes the value, not undefined.',
  ],
  [
    'needs that are no dependencies',
    () => e.depends({ repo: () => 1 } as never, () => 1),
    'e.depends: repo is function repo, and no dependency: make one with e.depends.',
  ],
  [
    'a dependency in place of the needs',
    () => e.depends(e.depends(() => 1) as never, () => 1),
    'e.depends takes dependencies by name, such as { repo: getRepo }.',
  ],
  [
    '.provide of nothing',
    () => e.router().provide(undefined as never),
    '.provide() takes dependencies by name, such as { repo: getRepo }.',
  ],
  [
    '.provide of a dependency',
    () => e.router().provide(e.depends(() => 1) as never),
    '.provide() takes dependencies by name, such as { repo: getRepo }.',
  ],
  [
    '.provide of a value',
    () => e.router().provide({ repo: 7 } as never),
    '.provide(): repo is 7, and no dependency: make one with e.depends.',
  ],
])('Bad dependencies are refused: %s.', (_, make, message) => {
  expect(thrownBy(make)).toMatchObject({ code: 'BAD_OPTION', message });
});
