import type { ServerResponse } from 'node:http';
import { initTRPC } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  afterResponse,
  auto,
  defineEvent,
  initEvents,
  inline,
  waitUntil,
  type DeferStrategy,
} from '../../src/index.ts';
import { bare, catalog, e, type Context, type Db } from './app.ts';

const bus = e.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
const userDeleted = defineEvent('user.deleted', z.object({ id: z.string() }));
const t = initTRPC.context<Context & { request: { ip: string } }>().meta<{ auth: boolean }>().create();
const procedure = t.procedure.use(bus.middleware());

test('a procedure finds dispatch on its ctx, beside everything that was there', () => {
  const authed = procedure.use(({ ctx, next }) => {
    if (!ctx.user) throw new Error('UNAUTHORIZED');
    return next({ ctx: { user: ctx.user } });
  });
  authed
    .meta({ auth: true })
    .input(z.object({ email: z.string() }))
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => {
      expectTypeOf(ctx.user).toEqualTypeOf<{ name: string }>();
      expectTypeOf(ctx.request.ip).toEqualTypeOf<string>();
      expectTypeOf(input).toEqualTypeOf<{ email: string }>();
      expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
      ctx.dispatch('user.created', { id: '1', email: input.email });
      ctx.dispatch(userDeleted({ id: '1' }), { when: 'settled' });
      // @ts-expect-error the name has one letter wrong
      ctx.dispatch('user.craeted', { id: '1', email: 'e' });
      // @ts-expect-error the payload is missing
      ctx.dispatch('user.created');
      return { ok: true as const };
    });
});

test('the middleware works after .input, in t.middleware, and twice on one chain', () => {
  t.procedure
    .input(z.object({ n: z.number() }))
    .use(bus.middleware())
    .query(({ ctx, input }) => {
      expectTypeOf(input).toEqualTypeOf<{ n: number }>();
      ctx.dispatch('cache.cleared');
    });
  t.procedure.use(t.middleware(bus.middleware())).query(({ ctx }) => {
    ctx.dispatch('cache.cleared');
    expectTypeOf(ctx.db).toEqualTypeOf<Db>();
  });
  procedure.use(bus.middleware()).query(({ ctx, input }) => {
    expectTypeOf(input).toEqualTypeOf<undefined>();
    expectTypeOf(ctx.request.ip).toEqualTypeOf<string>();
    ctx.dispatch('cache.cleared');
  });
});

test('a context can be named by the function that makes it, as in tRPC', () => {
  const createContext = async (opts: { headers: Headers }) => ({ db: {} as Db, ...opts });
  const made = initEvents.context<typeof createContext>().create(catalog);
  made.router().on('cache.cleared', ({ ctx }) => {
    expectTypeOf(ctx.db).toEqualTypeOf<Db>();
    expectTypeOf(ctx.headers).toEqualTypeOf<Headers>();
  });
  const middleware = made.bus({ handlers: [] }).middleware();
  initTRPC.context<typeof createContext>().create().procedure.use(middleware);
  // @ts-expect-error the ctx has no db
  initTRPC.context<{ headers: Headers }>().create().procedure.use(middleware);
  const named = initEvents.context<() => Context>().create(catalog);
  expectTypeOf(named).toEqualTypeOf(initEvents.context<Context>().create(catalog));
});

test('subscriptions, and queries that stream, find dispatch on their ctx too', () => {
  procedure.subscription(async function* ({ ctx, signal }) {
    ctx.dispatch('cache.cleared');
    for await (const event of bus.stream('user.*', { signal })) yield event.payload.id;
  });
  procedure.query(async function* ({ ctx }) {
    ctx.dispatch('cache.cleared');
    yield 1;
  });
});

test('a ctx that lacks what listeners need is refused', () => {
  const optional = initTRPC.context<{ db: Db; user?: { name: string } }>().create();
  // @ts-expect-error the user may be missing, and undefined is not null
  optional.procedure.use(bus.middleware());
  const none = initTRPC.create();
  // @ts-expect-error there is no ctx at all
  none.procedure.use(bus.middleware());

  optional.procedure
    .use(({ ctx, next }) => next({ ctx: { user: ctx.user ?? null } }))
    .use(bus.middleware())
    .query(({ ctx }) => ctx.dispatch('cache.cleared'));
  none.procedure.use(bare.bus({ handlers: [] }).middleware()).query(({ ctx }) => {
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof bare.dispatch>();
  });
});

test('a ctx may be generic, and the middleware may be called by hand or piped', () => {
  const procedureFor = <C extends Context>() =>
    initTRPC.context<C>().create().procedure.use(bus.middleware());
  procedureFor<Context>().query(({ ctx }) => ctx.dispatch('cache.cleared'));
  t.procedure
    .use((opts) => bus.middleware()(opts))
    .query(({ ctx }) => expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>());
  const piped = t.middleware(({ next }) => next({ ctx: { log: 'log' } })).unstable_pipe(bus.middleware());
  t.procedure.use(piped).query(({ ctx }) => {
    expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
    expectTypeOf(ctx.log).toEqualTypeOf<string>();
  });
  // @ts-expect-error bus.middleware makes the middleware: it is to be called
  t.procedure.use(bus.middleware);
});

test('a defer strategy that reads from ctx requires that of the procedure', () => {
  const events = bus.middleware({ defer: afterResponse<{ res: ServerResponse }>(({ ctx }) => ctx.res) });
  initTRPC
    .context<Context & { res: ServerResponse }>()
    .create()
    .procedure.use(events)
    .query(({ ctx }) => {
      expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
      expectTypeOf(ctx.res).toEqualTypeOf<ServerResponse>();
    });
  // @ts-expect-error this ctx has no `res`
  t.procedure.use(events);

  // A strategy made within the call of `.use` is checked too, after a middleware that adds to ctx.
  const { procedure: other } = initTRPC.context<Context>().create();
  other
    .use(({ ctx, next }) => next({ ctx: { res: {} as ServerResponse, user: ctx.user } }))
    .use(bus.middleware({ defer: afterResponse<{ res: ServerResponse }>(({ ctx }) => ctx.res) }))
    .query(({ ctx }) => {
      expectTypeOf(ctx.dispatch).toEqualTypeOf<typeof e.dispatch>();
      expectTypeOf(ctx.res).toEqualTypeOf<ServerResponse>();
    });
  // @ts-expect-error this ctx has no `res`
  other.use(bus.middleware({ defer: afterResponse<{ res: ServerResponse }>(({ ctx }) => ctx.res) }));

  const frozen = bus.middleware({
    defer: waitUntil<{ run: (promise: Promise<unknown>) => void }>(({ ctx }) => ctx.run),
  });
  // @ts-expect-error this ctx has no `run`
  t.procedure.use(frozen);
  // @ts-expect-error `defer` is misspelled
  bus.middleware({ defre: inline() });
});

test('a defer strategy that reads nothing from ctx still requires what listeners need', () => {
  const none = initTRPC.create();
  const mine: DeferStrategy = { name: 'mine', start: (flush) => flush() };
  for (const defer of [inline(), auto(), mine, undefined]) {
    procedure.use(bus.middleware({ defer }));
    // @ts-expect-error listeners need a `db` and a `user`
    none.procedure.use(bus.middleware({ defer }));
  }
});
