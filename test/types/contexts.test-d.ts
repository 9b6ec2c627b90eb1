/** Listeners find on ctx what a procedure below the middleware finds: for unions, index signatures and classes too. */
import { initTRPC } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { initEvents } from '../../src/index.ts';
import { catalog, type Db } from './app.ts';

interface User {
  name: string;
}
interface Session {
  token: string;
}

test('a ctx that is a union is narrowed by any of its members', () => {
  type Context = { db: Db } & ({ user: null; session: null } | { user: User; session: Session });
  const e = initEvents.context<Context>().create(catalog);
  const getToken = e.depends(({ ctx }) => {
    if (ctx.user) expectTypeOf(ctx.session).toEqualTypeOf<Session>();
    else expectTypeOf(ctx.session).toEqualTypeOf<null>();
    return ctx.user ? ctx.session.token : undefined;
  });
  const getBoth = e.depends({ token: getToken }, ({ token, ctx }) => {
    expectTypeOf(token).toEqualTypeOf<string | undefined>();
    return ctx.user ? ctx.session.token : undefined;
  });
  const router = e.router();
  router.on('*', ({ ctx }) => {
    if (ctx.user) expectTypeOf(ctx.session).toEqualTypeOf<Session>();
    else expectTypeOf(ctx.session).toEqualTypeOf<null>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    // @ts-expect-error without a user there is no session
    void ctx.session.token;
  });
  router
    .use(({ ctx, next }) => {
      if (ctx.session) expectTypeOf(ctx.user).toEqualTypeOf<User>();
      return next({ ctx: { log: 'log' } });
    })
    .on('*', ({ ctx }) => {
      if (ctx.user) expectTypeOf(ctx.session).toEqualTypeOf<Session>();
      expectTypeOf(ctx.log).toEqualTypeOf<string>();
    });
  router.provide({ token: getToken, both: getBoth }).on('*', ({ ctx }) => {
    if (ctx.user) expectTypeOf(ctx.session).toEqualTypeOf<Session>();
    expectTypeOf(ctx.token).toEqualTypeOf<string | undefined>();
  });
  router
    .use(({ ctx, next }) => {
      if (!ctx.user) throw new Error('UNAUTHORIZED');
      return next({ ctx: { user: ctx.user, session: ctx.session } });
    })
    .provide({ token: getToken })
    .on('*', ({ ctx }) => expectTypeOf(ctx.session).toEqualTypeOf<Session>());

  const bus = e.bus({
    handlers: [router],
    createContext: () => ({ db: {} as Db, user: null, session: null }),
  });
  const procedure = initTRPC.context<Context>().create().procedure.use(bus.middleware());
  procedure.query(({ ctx }) => {
    if (ctx.user) expectTypeOf(ctx.session).toEqualTypeOf<Session>();
    else expectTypeOf(ctx.session).toEqualTypeOf<null>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
  });
  procedure
    .use(({ ctx, next }) => {
      if (!ctx.user) throw new Error('UNAUTHORIZED');
      return next({ ctx: { user: ctx.user, session: ctx.session } });
    })
    .use(bus.middleware())
    .query(({ ctx }) => expectTypeOf(ctx.session).toEqualTypeOf<Session>());
  // @ts-expect-error a user without a session is no member of the union
  e.bus({ handlers: [], createContext: () => ({ db: {} as Db, user: { name: 'n' }, session: null }) });
});

test('members of a union may have keys that others lack', () => {
  type Context = { kind: 'http'; ip: string } | { kind: 'cron'; schedule: string };
  const e = initEvents.context<Context>().create(catalog);
  e.router()
    .use(({ next }) =>
      Math.random() < 0.5 ? next({ ctx: { log: 'log' } }) : next({ ctx: { log: 'other' } }),
    )
    .on('*', ({ ctx }) => {
      if (ctx.kind === 'http') expectTypeOf(ctx.ip).toEqualTypeOf<string>();
      else expectTypeOf(ctx.schedule).toEqualTypeOf<string>();
      expectTypeOf(ctx.log).toEqualTypeOf<string>();
    });
});

test('a ctx with an index signature keeps its known keys, and the signature', () => {
  interface Context {
    [key: string]: unknown;
    db: Db;
    readonly tenant?: string;
  }
  const e = initEvents.context<Context>().create(catalog);
  const getDb = e.depends(({ ctx }) => {
    expectTypeOf(ctx.db).toEqualTypeOf<Db>();
    expectTypeOf(ctx['other']).toEqualTypeOf<unknown>();
    return ctx.db;
  });
  const router = e.router().on('*', ({ ctx }) => {
    expectTypeOf(ctx.db).toEqualTypeOf<Db>();
    expectTypeOf(ctx.tenant).toEqualTypeOf<string | undefined>();
    expectTypeOf(ctx['other']).toEqualTypeOf<unknown>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    // @ts-expect-error the tenant is read-only
    ctx.tenant = 't';
  });
  router
    .use(({ ctx, next }) => next({ ctx: { log: ctx.db, tenant: 't' } }))
    .provide({ mine: getDb })
    .on('*', ({ ctx }) => {
      expectTypeOf([ctx.db, ctx.log, ctx.mine]).toEqualTypeOf<Db[]>();
      expectTypeOf(ctx.tenant).toEqualTypeOf<string>();
      expectTypeOf(ctx['other']).toEqualTypeOf<unknown>();
    });
  const bus = e.bus({ handlers: [router], createContext: () => ({ db: {} as Db }) });
  initTRPC
    .context<Context>()
    .create()
    .procedure.use(bus.middleware())
    .query(({ ctx }) => {
      expectTypeOf(ctx.db).toEqualTypeOf<Db>();
      expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    });
});

class Request {
  readonly db: Db;
  #queries = 0;
  private readonly secret: string = 'secret';
  constructor(db: Db) {
    this.db = db;
  }
  get isAdmin(): boolean {
    return this.secret === 'admin';
  }
  count(): number {
    return ++this.#queries;
  }
}

test('a ctx that is a class instance has its methods and getters', () => {
  const e = initEvents.context<Request>().create(catalog);
  const getCount = e.depends(({ ctx }) => ctx.count());
  const router = e.router().on('*', ({ ctx }) => {
    expectTypeOf(ctx.db).toEqualTypeOf<Db>();
    expectTypeOf(ctx.isAdmin).toEqualTypeOf<boolean>();
    expectTypeOf(ctx.count()).toEqualTypeOf<number>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    // @ts-expect-error a getter has no setter
    ctx.isAdmin = true;
    // @ts-expect-error the member is private
    void ctx.secret;
  });
  router
    .use(({ ctx, next }) => next({ ctx: { log: ctx.count() } }))
    .provide({ count: getCount })
    .on('*', ({ ctx }) => {
      expectTypeOf(ctx.isAdmin).toEqualTypeOf<boolean>();
      expectTypeOf([ctx.log, ctx.count]).toEqualTypeOf<number[]>();
    });
  const bus = e.bus({
    handlers: [router],
    meta: ({ ctx }) => {
      expectTypeOf(ctx).toEqualTypeOf<Request>();
      return { tenant: String(ctx.count()) };
    },
    createContext: () => new Request({} as Db),
  });
  const procedure = initTRPC.context<Request>().create().procedure.use(bus.middleware());
  procedure.query(({ ctx }) => {
    expectTypeOf(ctx.count()).toEqualTypeOf<number>();
    expectTypeOf(ctx.isAdmin).toEqualTypeOf<boolean>();
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
  });
  procedure.use(({ next }) => next({ ctx: { log: 1 } })).use(bus.middleware());
  // @ts-expect-error a plain object is no Request, for it lacks what is private
  e.bus({ handlers: [], createContext: () => ({ db: {} as Db, isAdmin: true, count: () => 1 }) });
});

test('a class with subclasses, or in a union, keeps its methods', () => {
  abstract class Base {
    protected readonly id = 'id';
    abstract who(): string;
    describe(): string {
      return this.id + this.who();
    }
  }
  class Guest extends Base {
    readonly kind = 'guest';
    who(): string {
      return 'guest';
    }
  }
  class Member extends Base {
    readonly kind = 'member';
    readonly user: User = { name: 'n' };
    who(): string {
      return this.user.name;
    }
  }
  const makeContext = async () => (Math.random() < 0.5 ? new Guest() : new Member());
  const e = initEvents.context<typeof makeContext>().create(catalog);
  const router = e.router().on('*', ({ ctx }) => {
    expectTypeOf(ctx.describe()).toEqualTypeOf<string>();
    if (ctx.kind === 'member') expectTypeOf(ctx.user).toEqualTypeOf<User>();
  });
  const bus = e.bus({ handlers: [router], createContext: makeContext });
  initTRPC
    .context<typeof makeContext>()
    .create()
    .procedure.use(bus.middleware())
    .query(({ ctx }) => {
      if (ctx.kind === 'member') expectTypeOf(ctx.user).toEqualTypeOf<User>();
    });
});
