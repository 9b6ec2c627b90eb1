import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';

/** A ctx as an instance of a class: with a field, a private field, a getter and methods. */
class Context {
  readonly db: string;
  #secret: string;
  private readonly url = 'postgres://';
  log: string[] = [];

  constructor(db: string) {
    this.db = db;
    this.#secret = `secret of ${db}`;
  }

  get secret(): string {
    return this.#secret;
  }

  connect(): string {
    return this.url + this.db + this.#secret.length;
  }
}
class TenantContext extends Context {
  tenant(): string {
    return `tenant of ${this.secret}`;
  }
}

const catalog = defineEvents({ a: unchecked<number>(), b: unchecked<number>() });

function application() {
  const e = initEvents.context<TenantContext>().create(catalog);
  const seen: unknown[] = [];
  const look = (ctx: Pick<TenantContext, 'db' | 'secret' | 'connect' | 'tenant'>) => {
    seen.push([ctx.db, ctx.secret, ctx.connect(), ctx.tenant(), ctx instanceof Context, ctx.constructor]);
  };
  const getName = e.depends(({ ctx }) => ctx.tenant());
  const router = e.router();
  router.on('a', ({ ctx }) => look(ctx));
  router
    .use(({ ctx, next }) => next({ ctx: { extra: `extra of ${ctx.secret}` } }))
    .provide({ name: getName })
    .on('a', ({ ctx }) => {
      look(ctx);
      seen.push([ctx.extra, ctx.name, 'extra' in ctx, 'connect' in ctx, Object.keys(ctx)]);
      ctx.dispatch('b', 1);
    });
  router.on('b', ({ ctx }) => look(ctx));
  const made: TenantContext[] = [];
  const make = () => {
    made.push(new TenantContext('db'));
    return made.at(-1)!;
  };
  const bus = e.bus({ handlers: [router], createContext: make });
  return { e, bus, seen, make, made };
}

const LOOK = ['db', 'secret of db', 'postgres://db12', 'tenant of secret of db', true, TenantContext];
const SEEN = [
  LOOK,
  LOOK,
  [
    'extra of secret of db',
    'tenant of secret of db',
    true,
    true,
    ['db', 'url', 'log', 'dispatch', 'extra', 'name'],
  ],
  LOOK,
];

it('Listeners get the methods, getters and private fields of a ctx that is an instance, for publish.', async () => {
  const { bus, seen, made } = application();
  expect((await bus.publish('a', 1)).failures).toEqual([]);
  expect(seen).toEqual(SEEN);
  // Only the published event got a new ctx. The event that its listener dispatched has the ctx of its cause.
  expect(made.map((ctx) => Object.keys(ctx))).toEqual([['db', 'url', 'log']]);
});

it('Listeners get the methods, getters and private fields of a ctx that is an instance, for a call.', async () => {
  const { bus, seen, make } = application();
  const t = initTRPC.context<TenantContext>().create();
  const procedure = t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('a', 1));
  await t.createCallerFactory(t.router({ procedure }))(make()).procedure();
  await bus.drain();
  expect(seen).toEqual(SEEN);
});

it('A ctx without a prototype, and a frozen instance, are extended too.', async () => {
  const e = initEvents.context<{ db: string }>().create(catalog);
  const seen: unknown[] = [];
  const router = e.router();
  router.use(({ next }) => next({ ctx: { db: 'other' } })).on('a', ({ ctx }) => void seen.push(ctx.db));
  router.on('a', ({ ctx }) => void seen.push(ctx.db, typeof ctx.dispatch));
  for (const ctx of [
    Object.assign(Object.create(null) as object, { db: 'db' }),
    Object.freeze(new Context('db')),
  ]) {
    const bus = e.bus({ handlers: [router], createContext: () => ctx });
    expect((await bus.publish('a', 1)).failures).toEqual([]);
    await bus.close();
  }
  expect(seen).toEqual(['other', 'db', 'function', 'other', 'db', 'function']);
});

/** A ctx with a setter, a callable member behind a getter, and a method that changes a field. */
class Writable {
  #level = 1;
  count = 0;
  readonly #knex = Object.assign(() => 'query', { raw: () => 'raw' });
  get level(): number {
    return this.#level;
  }
  set level(level: number) {
    this.#level = level;
  }
  get knex() {
    return this.#knex;
  }
  increment(): number {
    return ++this.count;
  }
}

it('A ctx that is an instance is written to as a copy, but for its setters, and its members stay what they are.', async () => {
  const e = initEvents.context<Writable & { user?: string }>().create(catalog);
  const instance = new Writable();
  const seen: unknown[] = [];
  const router = e.router();
  router.on('a', ({ ctx }) => {
    ctx.user = 'me';
    ctx.level = 4;
    Object.defineProperty(ctx, 'z', { value: 1 });
    seen.push(ctx.user, ctx.level, (ctx as never)['z'], ctx.knex.raw(), ctx.knex === instance.knex);
    seen.push(ctx.increment(), ctx.count, ctx.increment === ctx.increment);
    ctx.count = 10;
    seen.push(
      ctx.count,
      instance.count,
      delete (ctx as { user?: string }).user,
      ctx.user,
      'user' in instance,
    );
  });
  await using bus = e.bus({ handlers: [router], createContext: () => instance });
  expect((await bus.publish('a', 1)).failures).toEqual([]);
  expect(seen).toEqual(['me', 4, 1, 'raw', true, 1, 1, true, 10, 1, true, undefined, false]);
  expect(instance.level).toBe(4);
});
