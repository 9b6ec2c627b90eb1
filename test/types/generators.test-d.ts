/** A generator as a listener would never run, so it is a compiler error. */
import { test } from 'vitest';
import { e } from './app.ts';

const router = e.router();
const names = async function* (opts: { event: { name: string } }) {
  yield opts.event.name;
};

test('a generator is refused, whatever makes it', () => {
  // @ts-expect-error nothing pulls from an async generator
  router.on('user.*', async function* () {});
  // @ts-expect-error nothing pulls from a generator
  router.on('user.deleted', function* ({ event }) {
    yield event.payload.id;
  });
  // @ts-expect-error the function was declared elsewhere
  router.on('*', names);
  // @ts-expect-error an arrow function returns what the generator function returns
  router.on('*', (opts) => names(opts));
  // @ts-expect-error one of two results is a generator
  router.on('*', (opts) => (opts.attempt > 1 ? names(opts) : undefined));
  router
    .use(({ next }) => next({ ctx: { log: 'log' } }))
    // @ts-expect-error a view refuses generators too
    .on('*', async function* ({ ctx }) {
      yield ctx.log;
    });
});

test('any other result is fine', () => {
  const wrapped = <A, R>(fn: (argument: A) => R) => fn;
  const either: (() => void)[] | (() => Promise<void>)[] = [];
  router.on('user.deleted', ({ event }): unknown => event.payload.id);
  router.on('user.deleted', ({ event }) => JSON.parse(event.payload.id));
  router.on('user.deleted', () => {
    throw new Error('never');
  });
  router.on('user.deleted', () => [1].values());
  router.on('user.deleted', async () => new Map<string, string>().entries());
  router.on('user.deleted', async ({ attempt }) => (attempt > 1 ? 1 : undefined));
  router.on(
    'user.deleted',
    wrapped(async ({ event, ctx }) => ctx.db.find(event.payload.id)),
  );
  for (const listener of either) router.on('*', listener);
  router.on<'user.deleted'>('user.deleted', ({ event }) => event.payload.id);
});
