import { expect, it } from 'vitest';
import { initEvents, type Middleware, type AnyApp } from '../../../src/index.ts';
import { catalog, collector, e } from '../shop.ts';

type Any = Middleware<AnyApp, any, {}>;

/** Publishes one event through `middleware`. Returns how often the listener ran, and why it failed. */
async function through(middleware: Any, listener: () => unknown = () => {}) {
  let calls = 0;
  const router = e.router();
  router.use(middleware).on('cat.spotted', () => {
    calls++;
    return listener();
  });
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  return { calls, causes: failures.map(({ error }) => error.cause) };
}

it('A middleware wraps the listener, and the first middleware is the outermost.', async () => {
  const log: string[] = [];
  const logs =
    (name: string): Any =>
    async ({ next }) => {
      log.push(`${name} before`);
      const result = await next();
      log.push(`${name} after`);
      return result;
    };
  const router = e.router();
  router
    .use(logs('outer'))
    .use(logs('inner'))
    .on('cat.spotted', async () => {
      await Promise.resolve();
      log.push('listener');
    });
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  expect(log).toEqual(['outer before', 'inner before', 'listener', 'inner after', 'outer after']);
});

it('A middleware extends ctx for the next middleware, and only for listeners registered through its view.', async () => {
  const app = initEvents.context<{ db: string }>().create(catalog);
  const seen: unknown[] = [];
  const router = app.router();
  const logged = router.use(({ ctx, next }) => next({ ctx: { log: `log of ${ctx.db}` } }));
  const named = logged.use(({ ctx, event, next }) =>
    next({ ctx: { who: `${event.name} in ${ctx.log}`, db: 'other' } }),
  );
  router.on('cat.spotted', ({ ctx }) => void seen.push({ ...ctx, dispatch: undefined }));
  logged.on('cat.spotted', ({ ctx }) => void seen.push({ ...ctx, dispatch: undefined }));
  named.on('cat.spotted', ({ ctx }) => void seen.push({ ...ctx, dispatch: undefined }));
  await using bus = app.bus({ handlers: [router], createContext: () => ({ db: 'db' }) });
  await bus.publish('cat.spotted', 1);
  expect(seen).toEqual([
    { db: 'db', dispatch: undefined },
    { db: 'db', log: 'log of db', dispatch: undefined },
    { db: 'other', log: 'log of db', who: 'cat.spotted in log of db', dispatch: undefined },
  ]);
});

it('A middleware gets event, ctx, signal and attempt, and the events it dispatches belong to the attempt.', async () => {
  const seen = collector({ events: 'user.*' });
  const got: unknown[] = [];
  const router = e.router();
  router
    .use(({ event, ctx, signal, attempt, next }) => {
      got.push(event.name, signal instanceof AbortSignal, attempt);
      ctx.dispatch('user.created', { id: '1' });
      e.dispatch('user.created', { id: '2' });
      return next();
    })
    .on('cat.spotted', ({ event }) => {
      if (event.payload === 'bad') throw new Error('no');
    });
  await using bus = e.bus({ handlers: [router, seen.handler], onError: () => {} });
  await bus.publish('cat.spotted', 'good');
  await bus.publish('cat.spotted', 'bad');
  await bus.drain();
  expect(got).toEqual(['cat.spotted', true, 1, 'cat.spotted', true, 1]);
  expect(seen.payloads).toEqual([{ id: '1' }, { id: '2' }]);
});

it('A middleware may keep an event from the listener only by throwing.', async () => {
  const { calls, causes } = await through(() => Promise.reject(new Error('not allowed')));
  expect(calls).toBe(0);
  expect(causes).toEqual([new Error('not allowed')]);
});

it('An error of the listener passes through the middleware, which may throw something else instead.', async () => {
  const boom = new Error('boom');
  const fail = () => Promise.reject(boom);
  expect((await through(({ next }) => next(), fail)).causes).toEqual([boom]);
  const mapped = await through(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw new Error('mapped', { cause: error });
    }
  }, fail);
  expect(mapped.causes).toMatchObject([{ message: 'mapped', cause: boom }]);
});

const FORGOTTEN = {
  message:
    'a middleware of this listener did not return what next() gave: did you forget to `return next()`?',
};
it.each<[string, unknown]>([
  ['does not call next', async () => {}],
  ['does not return it', async ({ next }: Parameters<Any>[0]) => void (await next())],
  ['does not await it either', async ({ next }: Parameters<Any>[0]) => void next()],
  ['is synchronous and returns nothing', ({ next }: Parameters<Any>[0]) => void next()],
  ['returns a look-alike', async () => ({ ok: true })],
  ['returns null', async () => null],
])('A middleware that %s fails the attempt, and the error says what it forgot.', async (_, middleware) => {
  expect((await through(middleware as Any)).causes).toMatchObject([FORGOTTEN]);
});

it('A next() that is not awaited causes no unhandled rejection when the listener fails later.', async () => {
  let fail!: (error: Error) => void;
  const later = new Promise((_, reject) => (fail = reject));
  const { causes } = await through(
    (async ({ next }: Parameters<Any>[0]) => void next()) as unknown as Any,
    () => later,
  );
  expect(causes).toMatchObject([FORGOTTEN]);
  fail(new Error('later'));
});

it('A middleware may call next() again to retry the listener.', async () => {
  let attempts = 0;
  const { calls, causes } = await through(
    async ({ next }) => {
      try {
        return await next();
      } catch {
        return next();
      }
    },
    () => {
      if (++attempts === 1) throw new Error('flaky');
    },
  );
  expect({ calls, causes }).toEqual({ calls: 2, causes: [] });
});

it('A view made from a view does not change the views above it.', async () => {
  const log: string[] = [];
  const router = e.router();
  const outer = router.use(({ next }) => (log.push('outer'), next()));
  outer.use(({ next }) => (log.push('inner'), next()));
  outer.on('cat.spotted', () => void log.push('listener of outer'));
  router.on('cat.spotted', () => void log.push('listener'));
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  await bus.drain();
  expect(log.toSorted()).toEqual(['listener', 'listener of outer', 'outer']);
});

it.each([[undefined], [null], [{}], ['log']])('.use(%o) is refused.', (middleware) => {
  expect(() => e.router().use(middleware as never)).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^\.use\(\) takes a middleware function, not /),
    }),
  );
});
