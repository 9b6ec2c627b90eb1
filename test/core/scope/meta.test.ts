import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { initEvents, type ErrorReport } from '../../../src/index.ts';
import { catalog, collector, e, thrownBy, untyped } from '../shop.ts';

interface Context {
  tenant: string;
}
const app = initEvents
  .context<Context>()
  .meta(z.object({ tenant: z.string().min(1), region: z.string().default('eu') }))
  .create(catalog);

/** Makes a bus, and a caller of a procedure that runs a function with its dispatch. */
function makeBus(meta: (opts: { readonly ctx: Context }) => { tenant: string }) {
  const seen = collector();
  const reports: ErrorReport[] = [];
  const router = app.router();
  const bus = app.bus({
    handlers: [router, seen.handler],
    meta,
    createContext: ({ event }) => ({ tenant: event.meta.tenant }),
    onError: (report) => void reports.push(report as never),
  });
  const t = initTRPC.context<Context>().create();
  type Dispatch = typeof app.dispatch;
  const run = t.procedure.use(bus.middleware()).input(z.custom<(dispatch: Dispatch) => unknown>());
  const procedures = t.router({ run: run.mutation(({ ctx, input }) => input(ctx.dispatch)) });
  const caller = t.createCallerFactory(procedures)({ tenant: 't' });
  return { bus, router, seen, reports, caller, metas: () => seen.events.map(({ meta }) => meta) };
}
const T = { tenant: 't', region: 'eu' };

it('meta is made from ctx once per scope, at its first dispatch, goes through its schema, and is frozen.', async () => {
  let calls = 0;
  const { caller, metas } = makeBus(({ ctx }) => (calls++, { ...ctx, unknown: 'stripped' }));
  await caller.run(() => {});
  expect(calls).toBe(0);
  await caller.run((dispatch) => {
    dispatch('cat.spotted', 1);
    app.dispatch('cat.spotted', 2);
    app.scope(() => app.dispatch('cat.spotted', 3));
  });
  expect(calls).toBe(1);
  expect(metas()).toEqual([T, T, T]);
  expect(metas().every((meta) => meta === metas()[0] && Object.isFrozen(meta))).toBe(true);
  await caller.run((dispatch) => dispatch('cat.spotted', 4));
  expect(calls).toBe(2);
});

it('A late dispatch has the meta that its call made.', async () => {
  let calls = 0;
  const { bus, caller, metas } = makeBus(({ ctx }) => (calls++, ctx));
  let late!: () => void;
  await caller.run((dispatch) => {
    dispatch('cat.spotted', 1);
    late = () => dispatch('cat.spotted', 2);
  });
  late();
  await bus.drain();
  expect(metas()).toEqual([T, T]);
  expect(calls).toBe(1);
});

it('The meta of one dispatch overrides the meta of the call, and is checked at once.', async () => {
  const { caller, metas, reports } = makeBus(({ ctx }) => ctx);
  await caller.run((dispatch) => {
    dispatch('cat.spotted', 1, { meta: { tenant: 'given' } });
    dispatch('cat.spotted', 2);
    for (const meta of [{}, { tenant: 7 }, 7, null]) {
      expect(thrownBy(() => untyped(dispatch)('cat.spotted', 3, { meta }))).toMatchObject({
        code: 'META_FAILED',
      });
    }
  });
  expect(metas()).toEqual([{ tenant: 'given', region: 'eu' }, T]);
  expect(reports).toEqual([]);
});

it('A chained event inherits meta, unless its dispatch or its scope gives another one.', async () => {
  const { bus, router, seen } = makeBus(() => ({ tenant: 'never made' }));
  router.on('user.created', async ({ ctx, event }) => {
    ctx.dispatch('cat.spotted', 'inherited');
    ctx.dispatch('cat.spotted', 'given', { meta: { tenant: 'other' } });
    await bus.publish('cat.spotted', 'published', { meta: event.meta });
    await bus.scope(() => app.scope(() => app.dispatch('cat.spotted', 'scope')), {
      meta: { tenant: 'scope' },
    });
  });
  await bus.publish('user.created', { id: '1' }, { meta: { tenant: 'first', region: 'us' } });
  await bus.drain();
  const byPayload = Object.fromEntries(seen.events.map(({ payload, meta }) => [String(payload), meta]));
  expect(byPayload).toMatchObject({
    inherited: { tenant: 'first', region: 'us' },
    given: { tenant: 'other', region: 'eu' },
    published: { tenant: 'first', region: 'us' },
    scope: { tenant: 'scope', region: 'eu' },
  });
});

it.each<[string, () => { tenant: string }, string]>([
  [
    'throws',
    () => {
      throw new Error('no tenant');
    },
    'meta threw Error: no tenant',
  ],
  [
    'gives what the schema refuses',
    () => ({ tenant: '' }),
    'The meta of an event is not what its schema asks for, at tenant: ',
  ],
  ['gives nothing', () => undefined as never, 'The meta of an event must be an object, not undefined.'],
  [
    'is asynchronous',
    (async () => ({ tenant: 't' })) as never,
    'meta threw Error: it returned a promise, and a dispatch cannot wait: do that work in createContext',
  ],
  [
    'is asynchronous and rejects',
    (async () => Promise.reject(new Error('no'))) as never,
    'meta threw Error: it returned a promise',
  ],
])('If meta %s, the call does not change, but its events are not delivered.', async (_, meta, message) => {
  const { caller, seen, reports } = makeBus(meta);
  const value = await caller.run((dispatch) => {
    dispatch('cat.spotted', 1);
    dispatch('cat.spotted', 2);
    dispatch('cat.spotted', 3, { meta: { tenant: 'given' } });
    return 'value';
  });
  expect(value).toBe('value');
  expect(seen.payloads).toEqual([3]);
  expect(reports).toMatchObject(
    [1, 2].map((payload) => ({ error: { code: 'META_FAILED' }, event: { payload } })),
  );
  for (const { error } of reports) expect(error.message).toContain(message);
});

it('An event without ctx needs meta in the options if the schema asks for it.', async () => {
  const { bus, seen, reports } = makeBus(() => ({ tenant: 'never made' }));
  await expect(untyped(bus.publish)('cat.spotted', 1)).rejects.toMatchObject({ code: 'META_FAILED' });
  await expect(untyped(bus.scope)(() => {}, { meta: {} })).rejects.toMatchObject({ code: 'META_FAILED' });
  await untyped(bus.scope)(() => app.dispatch('cat.spotted', 2));
  expect(reports).toMatchObject([{ error: { code: 'META_FAILED' }, event: { payload: 2 } }]);
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 3), { meta: { tenant: 't' } });
  expect(seen.events).toMatchObject([{ payload: 3, meta: T }]);
});

it('An asynchronous meta schema is refused when meta is made.', async () => {
  const schema = z.object({ tenant: z.string() }).refine(async () => true);
  const bus = initEvents
    .meta(schema)
    .create(catalog)
    .bus({ handlers: [], meta: () => ({ tenant: 't' }) });
  await expect(bus.publish('cat.spotted', 1, { meta: { tenant: 't' } })).rejects.toMatchObject({
    code: 'META_FAILED',
    message: expect.stringContaining('The schema of the meta of an event validates asynchronously'),
  });
});

it('Without a schema, meta may be any object, which is copied and frozen.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const meta = { tags: ['a'] };
  await bus.scope(
    ({ dispatch }) => {
      meta.tags.push('b');
      dispatch('cat.spotted', 1);
    },
    { meta },
  );
  expect(seen.events[0]!.meta).toEqual({ tags: ['a'] });
  expect(Object.isFrozen((seen.events[0]!.meta as typeof meta).tags)).toBe(true);
});

it.each([[undefined], [null], [7], ['tenant'], [{}], [() => {}]])(
  'initEvents.meta(%o) is refused.',
  (schema) => {
    expect(thrownBy(() => initEvents.meta(schema as never))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^initEvents\.meta takes a Standard Schema of an object, not /),
    });
  },
);
