import { expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';

const catalog = defineEvents({ a: unchecked<number>() });

/** Calls a function with a ctx that a middleware and `dispatch` have extended. */
async function extended<C extends object>(ctx: C, use: (ctx: C & { extra: string }) => void): Promise<void> {
  const e = initEvents.context<any>().create(catalog);
  const router = e.router();
  router.use(({ next }) => next({ ctx: { extra: 'extra' } })).on('a', ({ ctx }) => use(ctx as never));
  await using bus = e.bus({ handlers: [router], createContext: () => ctx, onError() {} });
  const { failures } = await bus.publish('a', 1);
  if (failures[0] !== undefined) throw failures[0].error.cause;
}

class Session {
  count = 0;
  user: string | undefined;
  #level = 1;

  constructor() {
    Object.defineProperty(this, 'hidden', { value: 'hidden', writable: false });
    Object.defineProperty(this, 'doubled', {
      get: () => this.count * 2,
      set: (doubled: number) => {
        this.count = doubled / 2;
      },
      enumerable: true,
    });
  }
  get level(): number {
    return this.#level;
  }
  set level(level: number) {
    this.#level = level;
  }
  get readOnly(): number {
    return this.#level;
  }
  increment(): number {
    this.user = 'me';
    (this as { late?: string }).late = 'late';
    return ++this.count;
  }
}
type Members = Session & { hidden: string; doubled: number; late?: string; readOnly: number };
const session = () => new Session() as Members;

it.each([
  ['a plain ctx', () => Object.defineProperty({ count: 0 }, 'hidden', { value: 'hidden' }) as Members],
  ['an instance', session],
])('Members of %s that are not enumerable are kept, and stay so.', async (_, make) => {
  await extended(make(), (ctx) => {
    expect([ctx.hidden, 'hidden' in ctx, ctx.extra]).toEqual(['hidden', true, 'extra']);
    expect(Object.keys(ctx)).not.toContain('hidden');
    expect(Object.getOwnPropertyDescriptor(ctx, 'hidden')).toMatchObject({
      value: 'hidden',
      enumerable: false,
    });
  });
});

it('A member that a middleware adds comes before a member that is not enumerable.', async () => {
  const ctx = Object.defineProperty({}, 'extra', { value: 'hidden' });
  await extended(ctx, (ctx) => expect(ctx.extra).toBe('extra'));
});

it('An object made from a ctx keeps what is written to it.', async () => {
  const instance = session();
  await extended(instance, (ctx) => {
    const child = Object.create(ctx) as typeof ctx;
    child.count = 5;
    child.extra = 'own';
    child.level = 7;
    expect([child.count, child.extra, child.level]).toEqual([5, 'own', 7]);
    expect([ctx.count, ctx.extra, ctx.level, instance.count]).toEqual([0, 'extra', 7, 0]);
    expect(Object.keys(child)).toEqual(['count', 'extra']);
    expect(child.increment()).toBe(1);
  });
});

it('Everything that tells of a field tells what a method has made of it.', async () => {
  await extended(session(), (ctx) => {
    ctx.increment();
    expect([ctx.count, ctx.doubled, ctx.late, 'late' in ctx]).toEqual([1, 2, 'late', true]);
    expect(Object.getOwnPropertyDescriptor(ctx, 'count')).toMatchObject({ value: 1, writable: true });
    expect(Object.getOwnPropertyDescriptor(ctx, 'doubled')!.get!()).toBe(2);
    expect(Object.entries(ctx)).toEqual(
      expect.arrayContaining([
        ['user', 'me'],
        ['late', 'late'],
      ]),
    );
    expect(Object.assign({}, ctx)).toMatchObject({
      count: 1,
      doubled: 2,
      user: 'me',
      late: 'late',
      extra: 'extra',
    });
  });
});

it('A field that was written or deleted here is the ctx’s own from then on.', async () => {
  const instance = session();
  await extended(instance, (ctx) => {
    ctx.count = 10;
    Object.defineProperty(ctx, 'user', { enumerable: false });
    delete (ctx as Partial<Members>).doubled;
    ctx.increment();
    expect([ctx.count, ctx.user, instance.count]).toEqual([10, undefined, 1]);
    expect(Object.getOwnPropertyDescriptor(ctx, 'user')).toEqual({
      value: undefined,
      writable: true,
      enumerable: false,
      configurable: true,
    });
    expect(['doubled' in ctx, ctx.doubled, Object.keys(ctx)]).toEqual([
      false,
      undefined,
      ['count', 'late', 'dispatch', 'extra'],
    ]);
    (ctx as { readOnly: number }).readOnly = 3;
    expect([ctx.readOnly, instance.readOnly]).toEqual([3, 1]);
    ctx.hidden = 'shown';
    expect([ctx.hidden, instance.hidden]).toEqual(['shown', 'hidden']);
  });
});

it('A setter of the instance itself runs, and the ctx follows it.', async () => {
  const instance = session();
  await extended(instance, (ctx) => {
    ctx.doubled = 8;
    expect([instance.count, ctx.count, ctx.doubled]).toEqual([4, 4, 8]);
  });
});

it('A ctx can be frozen, and its methods still run.', async () => {
  await extended(session(), (ctx) => {
    Object.freeze(ctx);
    expect(Object.isFrozen(ctx)).toBe(true);
    expect(ctx.increment()).toBe(1);
    expect([ctx.count, ctx.late, ctx.level, ctx.hidden]).toEqual([0, undefined, 1, 'hidden']);
    expect(() => (ctx.count = 5)).toThrow(TypeError);
    expect(Object.keys(ctx)).toEqual(['count', 'user', 'doubled', 'dispatch', 'extra']);
  });
});

it('A proxy in front of an instance stays one.', async () => {
  const read: PropertyKey[] = [];
  const proxy = new Proxy(session(), {
    get(target, key) {
      read.push(key);
      if (key === 'virtual') return 'virtual';
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  await extended(proxy as Members & { virtual?: string }, (ctx) => {
    expect([ctx.virtual, ctx.level, ctx.increment(), ctx.count]).toEqual(['virtual', 1, 1, 1]);
    ctx.level = 3;
    expect([ctx.level, ctx.extra]).toEqual([3, 'extra']);
  });
  expect(read).toContain('virtual');
});
