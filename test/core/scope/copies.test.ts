import { initTRPC } from '@trpc/server';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../../src/index.ts';
import { withEvents } from '../../../src/next/index.ts';
import { thrownBy } from '../shop.ts';

interface Ctx {
  db: string;
}

/** Evaluates a module of events, as Next.js does several times in a process. */
function evaluate(version = 1) {
  const e = initEvents
    .context<Ctx>()
    .meta(z.object({ tenant: z.string() }))
    .create(
      defineEvents({
        'user.created': z.object({ id: z.string(), version: z.number().default(version) }),
        'user.deleted': z.object({ id: z.string().max(version * 10) }),
      }),
    );
  const seen: string[] = [];
  const router = e.router();
  router.on('*', ({ event, ctx }) => {
    seen.push(`${event.name} ${event.payload.id}, of ${event.meta.tenant}, with ${ctx.db}`);
  });
  const makeBus = (tenant = 'ada') =>
    e.bus({
      handlers: [router],
      meta: () => ({ tenant }),
      createContext: () => ({ db: 'a db of createContext' }),
      onDiscard: ({ event, reason }) => seen.push(`${event.name} ${event.payload.id}: ${reason}`),
    });
  return { e, router, seen, makeBus };
}

/** Makes a builder with other events. */
function evaluateOther() {
  const e = initEvents.create(
    defineEvents({
      'user.created': z.object({ id: z.string() }),
      'order.placed': z.object({ id: z.string() }),
    }),
  );
  const seen: string[] = [];
  const bus = e.bus({ handlers: [e.router().on('*', ({ event }) => seen.push(event.payload.id))] });
  return { e, seen, bus };
}

/** Calls a procedure that runs `body`. */
function call(bus: ReturnType<ReturnType<typeof evaluate>['makeBus']>, body: () => void): Promise<void> {
  const t = initTRPC.context<Ctx>().create();
  const router = t.router({ run: t.procedure.use(bus.middleware()).mutation(body) });
  return t.createCallerFactory(router)({ db: 'the db of the call' }).run();
}

const meta = { tenant: 'ada' };

it('e.dispatch of a copy of the module dispatches into the scope that runs, and the catalog of its bus validates.', async () => {
  const { seen, makeBus, router } = evaluate(2);
  const copy = evaluate(1);
  await using bus = makeBus();
  const versions: unknown[] = [];
  router.on('user.created', ({ event }) => versions.push(event.payload.version));
  await bus.scope(
    () => {
      copy.e.dispatch('user.created', { id: '1' });
      copy.e.dispatch('user.deleted', { id: 'longer than ten' });
      const tooLong = { id: 'longer than twenty letters' };
      expect(thrownBy(() => copy.e.dispatch('user.deleted', tooLong))).toMatchObject({
        code: 'INVALID_PAYLOAD',
      });
    },
    { meta },
  );
  expect(versions).toEqual([2]);
  expect([seen, copy.seen]).toEqual([
    [
      'user.created 1, of ada, with a db of createContext',
      'user.deleted longer than ten, of ada, with a db of createContext',
    ],
    [],
  ]);
});

it('e.scope of a copy of the module is a scope within the one that runs: dropped if it throws, kept if not.', async () => {
  const { seen, makeBus } = evaluate();
  const { e: copy } = evaluate();
  await using bus = makeBus();
  await bus.scope(
    async () => {
      const failing = copy.scope(async () => {
        copy.dispatch('user.created', { id: 'in a scope that throws' });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await copy.scope(async ({ dispatch }) => dispatch('user.created', { id: 'kept' }));
      expect(seen).toEqual([]);
    },
    { meta },
  );
  expect(seen).toEqual([
    'user.created in a scope that throws: failed',
    'user.created kept, of ada, with a db of createContext',
  ]);
});

it('A copy of the module finds the scopes of procedures, of withEvents and of listeners.', async () => {
  const { e, seen, makeBus, router } = evaluate();
  const { e: copy } = evaluate();
  await using bus = makeBus();
  const depths: number[] = [];
  router.on('user.created', ({ event }) => {
    if (event.depth === 0) copy.dispatch('user.deleted', { id: 'chained' });
  });
  router.on('user.deleted', ({ event }) => depths.push(event.depth));
  await call(bus, () => copy.dispatch('user.created', { id: 'procedure' }));
  await bus.drain();
  const wrapped = withEvents(
    bus,
    async () => e.scope(() => copy.dispatch('user.created', { id: 'withEvents' })),
    { meta },
  );
  await wrapped();
  await bus.drain();
  expect(depths).toEqual([1, 1]);
  expect(seen).toEqual([
    'user.created procedure, of ada, with the db of the call',
    'user.deleted chained, of ada, with the db of the call',
    'user.created withEvents, of ada, with a db of createContext',
    'user.deleted chained, of ada, with a db of createContext',
  ]);
});

it('A copy of the module that dispatches after the call has settled has its events handled.', async () => {
  const { seen, makeBus } = evaluate();
  const { e: copy } = evaluate();
  await using bus = makeBus();
  let late!: Promise<void>;
  await call(bus, () => {
    late = new Promise((resolve) => setTimeout(resolve)).then(() =>
      copy.dispatch('user.created', { id: 'late' }, { meta }),
    );
  });
  await late;
  await bus.drain();
  // The call has released its ctx, so `createContext` makes another one.
  expect(seen).toEqual([expect.stringMatching(/^user.created late, .* with a db of createContext$/)]);
});

it.each(['inside', 'outside'])(
  'If a scope of the same builder is open too, that is the one, even if it is %s a scope of a copy.',
  async (where) => {
    const mine = evaluate();
    const copy = evaluate();
    await using myBus = mine.makeBus();
    await using copyBus = copy.makeBus();
    const [outer, inner] = where === 'inside' ? [copyBus, myBus] : [myBus, copyBus];
    await outer.scope(
      () => inner.scope(() => mine.e.scope(() => mine.e.dispatch('user.created', { id: '1' })), { meta }),
      { meta },
    );
    expect(mine.seen).toHaveLength(1);
    expect(copy.seen).toEqual([]);
  },
);

it.each(['inside', 'outside'])(
  'Two builders with different events never mix, with one %s the other.',
  async (where) => {
    const mine = evaluate();
    const other = evaluateOther();
    await using bus = mine.makeBus();
    const [outer, inner] = where === 'inside' ? [other.bus, bus] : [bus, other.bus];
    await outer.scope(
      () =>
        inner.scope(
          () => {
            mine.e.dispatch('user.created', { id: 'mine' });
            other.e.dispatch('user.created', { id: 'of the other' });
          },
          { meta },
        ),
      { meta },
    );
    expect(mine.seen).toEqual([expect.stringContaining('user.created mine')]);
    expect(other.seen).toEqual(['of the other']);
  },
);

it('NO_SCOPE says that only a scope of other events is open, and which events differ.', async () => {
  const mine = evaluate();
  const other = evaluateOther();
  await using bus = mine.makeBus();
  const advice = 'Use the e of that builder, or open a scope of a bus of this e.';
  await bus.scope(
    () => {
      expect(thrownBy(() => other.e.dispatch('user.created', { id: '1' }))).toMatchObject({
        code: 'NO_SCOPE',
        message: `e.dispatch was called outside any scope of this e. A scope of another builder is open here, with other events: only this e has "order.placed"; only the other has "user.deleted". ${advice}`,
      });
    },
    { meta },
  );
  await other.bus.scope(() => {
    const larger = initEvents.create(
      defineEvents(
        Object.fromEntries(
          ['user.created', 'order.placed', 'a', 'b', 'c', 'd', 'e'].map((name) => [name, z.void()]),
        ),
      ),
    );
    expect(thrownBy(() => larger.scope(() => {}))).toMatchObject({
      code: 'NO_SCOPE',
      message: `e.scope was called outside any scope of this e. A scope of another builder is open here, with other events: only this e has "a", "b", "c" and 2 more. ${advice}`,
    });
  });
  let later!: Promise<unknown>;
  await other.bus.scope(() => {
    later = new Promise((resolve) => {
      setTimeout(() => resolve(thrownBy(() => mine.e.dispatch('user.created', { id: '1' }))));
    });
  });
  expect(await later).toMatchObject({
    message: expect.stringContaining('called outside any scope of this e. In a procedure,'),
  });
});

it('In development, NO_SCOPE and UNKNOWN_EVENT say that an edited catalog needs a restart, or sharedBus.', async () => {
  const other = evaluateOther();
  const mine = evaluate();
  await using bus = mine.makeBus();
  const hint = / If you have edited the catalog, .*\. Restart, or use sharedBus of trpc-events\/next\.$/;
  const calls = () => [
    thrownBy(() => other.e.dispatch('order.placed', { id: '1' })),
    thrownBy(() => mine.e.dispatch('user.added' as 'user.created', { id: '1' })),
  ];
  const expectHint = (expected: (message: unknown) => void) =>
    bus.scope(() => calls().forEach((error) => expected((error as Error).message)), { meta });
  await expectHint((message) => expect(message).not.toMatch(hint));
  vi.stubEnv('NODE_ENV', 'development');
  await expectHint((message) => expect(message).toMatch(hint));
  vi.unstubAllEnvs();
});

it('An event that a listener publishes on a bus of a copy has the meta of its cause.', async () => {
  const mine = evaluate();
  const copy = evaluate();
  await using bus = mine.makeBus();
  await using copyBus = copy.makeBus('not asked');
  mine.router.on('user.created', async () => {
    await copyBus.publish('user.deleted', { id: '1' });
  });
  await bus.publish('user.created', { id: '1' }, { meta: { tenant: 'grace' } });
  expect(copy.seen).toEqual(['user.deleted 1, of grace, with a db of createContext']);
});

it('A copy of the package dispatches into the scope that runs, and its bus makes the ctx and the meta.', async () => {
  vi.resetModules();
  const library = await import('../../../src/index.ts');
  expect(library.initEvents).not.toBe(initEvents);
  const { seen, makeBus } = evaluate();
  const copy = library.initEvents.context<Ctx>().create(
    library.defineEvents({
      'user.created': z.object({ id: z.string() }),
      'user.deleted': z.object({ id: z.string() }),
    }),
  );
  await using bus = makeBus();
  await bus.scope(
    () =>
      copy.scope(() => {
        copy.dispatch('user.created', { id: '1' });
        setTimeout(() => copy.dispatch('user.deleted', { id: 'late' }, { meta }));
      }),
    { meta },
  );
  await vi.waitFor(() => expect(seen).toHaveLength(2), 10_000);
  expect(seen).toEqual([
    'user.created 1, of ada, with a db of createContext',
    'user.deleted late, of ada, with a db of createContext',
  ]);
});
