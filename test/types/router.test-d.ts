import { expectTypeOf, test } from 'vitest';
import {
  initEvents,
  type Dependency,
  type EventRouter,
  type InferEvent,
  type TypedEvent,
} from '../../src/index.ts';
import { bare, catalog, e, metaSchema, type Context, type Db, type Meta } from './app.ts';

type UserEvent = InferEvent<typeof e, 'user.*'>;

class Repo {
  readonly db: Db;
  constructor(db: Db) {
    this.db = db;
  }
}
const getDb = e.depends(async function* ({ ctx, event }) {
  expectTypeOf(ctx.user).toEqualTypeOf<Context['user']>();
  expectTypeOf(event.meta).toEqualTypeOf<Meta>();
  yield ctx.db;
});
const getClock = e.depends(() => ({ now: () => Date.now() }));
const getRepo = e.depends({ db: getDb, clock: getClock }, async ({ db, clock, ctx, event }) => {
  expectTypeOf(clock.now()).toEqualTypeOf<number>();
  expectTypeOf(ctx.user).toEqualTypeOf<Context['user']>();
  expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e>>();
  return new Repo(db);
});
const needsRegion = initEvents
  .context<{ region: string }>()
  .meta(metaSchema)
  .create(catalog)
  .depends(({ ctx }) => ctx.region);

test('a listener gets event, ctx, signal and attempt, and .on returns the router', () => {
  const router = e.router();
  const same = router.on(
    'user.created',
    ({ event, ctx, signal, attempt }) => {
      expectTypeOf(event).toEqualTypeOf<
        TypedEvent<'user.created', { id: string; email: string; at: Date }, Meta>
      >();
      expectTypeOf(ctx).toEqualTypeOf<{ db: Db; user: Context['user']; dispatch: typeof e.dispatch }>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(attempt).toEqualTypeOf<number>();
      ctx.dispatch('order.placed', { id: '1', total: 2, tags: [] });
      // @ts-expect-error the name has one letter wrong
      ctx.dispatch('order.palced', { id: '1', total: 2, tags: [] });
    },
    { name: 'index-user', signal: AbortSignal.timeout(1000) },
  );
  expectTypeOf(same).toEqualTypeOf(router);
  expectTypeOf(router).toEqualTypeOf<EventRouter<(typeof e)['~types']>>();
  // @ts-expect-error `name` is misspelled
  router.on('user.*', () => {}, { nmae: 'x' });
  // @ts-expect-error there is no listener
  router.on('user.*');
});

test('a builder that names no context gives listeners a ctx with dispatch only', () => {
  bare.router().on('user.*', ({ ctx }) => {
    expectTypeOf(ctx).toEqualTypeOf<{ dispatch: typeof bare.dispatch }>();
  });
});

test('a function declared elsewhere may listen to the events that it can take', () => {
  const onUser = ({ event }: { event: UserEvent }) => event.name;
  e.router().on('user.*', onUser).on('user.created', onUser);
  // @ts-expect-error `onUser` can't take every event
  e.router().on('*', onUser);
});

test('middleware adds to ctx, and narrows it', () => {
  const view = e
    .router()
    .use(async ({ ctx, event, attempt, signal, next }) => {
      expectTypeOf(event).toEqualTypeOf<InferEvent<typeof e>>();
      expectTypeOf(attempt).toEqualTypeOf<number>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      if (!ctx.user) throw new Error('UNAUTHORIZED');
      return next({ ctx: { user: ctx.user, log: event.id } });
    })
    .use(({ next }) => next());
  view.on('user.*', ({ event, ctx }) => {
    expectTypeOf(ctx.user).toEqualTypeOf<{ name: string }>();
    expectTypeOf(ctx.log).toEqualTypeOf<string>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    expectTypeOf(event.name).toEqualTypeOf<'user.created' | 'user.deleted'>();
  });
  // @ts-expect-error middleware must return what next() returned
  e.router().use(async ({ next }) => void (await next()));
  // @ts-expect-error the addition to ctx must be an object
  e.router().use(({ next }) => next({ ctx: 1 }));
});

test('a dependency has the type that its function returns, resolves to, or yields', () => {
  expectTypeOf(getDb).toEqualTypeOf<Dependency<Db, (typeof e)['~types']['listenerContext']>>();
  expectTypeOf(getRepo).toEqualTypeOf<Dependency<Repo, (typeof e)['~types']['listenerContext']>>();
  const fromGenerator = e.depends(function* () {
    yield 1;
  });
  const fromPromise = e.depends(() => Promise.resolve('text'));
  e.router()
    .provide({ one: fromGenerator, text: fromPromise, repo: getRepo })
    .on('*', ({ ctx }) => {
      expectTypeOf(ctx.one).toEqualTypeOf<number>();
      expectTypeOf(ctx.text).toEqualTypeOf<string>();
      expectTypeOf(ctx.repo).toEqualTypeOf<Repo>();
      expectTypeOf(ctx.db).toEqualTypeOf<Db>();
    });
});

test('a dependency needs the ctx of the router that provides it', () => {
  // @ts-expect-error this ctx has no `region`
  e.router().provide({ needsRegion });
  // @ts-expect-error a sub-dependency needs a `region` too
  e.depends({ needsRegion }, ({ needsRegion }) => needsRegion);
  e.router()
    .use(({ next }) => next({ ctx: { region: 'eu' } }))
    .provide({ needsRegion })
    .on('*', ({ ctx }) => {
      expectTypeOf(ctx.needsRegion).toEqualTypeOf<string>();
    });
  // @ts-expect-error a plain function is not a dependency
  e.router().provide({ clock: () => Date.now() });
});
