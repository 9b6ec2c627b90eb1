/** Unawaited promises and timers in a process that is frozen when the platform's promises have settled. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitUntil, type DeferStrategy } from '../../src/index.ts';
import { e, makeApp, t } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

/** Makes an app with a slow listener, on a platform that waits for the promises that it was given. */
function serve(defer?: DeferStrategy) {
  const given: Promise<unknown>[] = [];
  const finished: string[] = [];
  const app = makeApp({
    defer: defer ?? waitUntil(() => (promise) => void given.push(promise)),
    collectsErrors: true,
    async listener(note) {
      await delay(note === 'late' ? 30 : 1);
      finished.push(note);
    },
  });
  return Object.assign(app, { given, finished, codes: () => app.errors.map(({ code }) => code) });
}
const createCaller = t.createCallerFactory;
type Dispatch = (name: 'noted', payload: string) => void;

const WAYS = ['ctx.dispatch', 'e.dispatch'] as const;
const ways = { 'e.dispatch': (note: string) => e.dispatch('noted', note) };
const by = (way: (typeof WAYS)[number], dispatch: Dispatch) =>
  way === 'ctx.dispatch' ? () => dispatch('noted', 'late') : () => ways['e.dispatch']('late');

test.each(WAYS)(
  'an event dispatched by %s after its call has settled is waited for, as long as the call is',
  async (way) => {
    await using app = serve();
    const settled = gate();
    let floating!: Promise<void>;
    const { leave } = t.router({
      leave: app.procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'note');
        floating = settled.promise.then(by(way, ctx.dispatch as Dispatch));
      }),
    });
    const call = createCaller(t.router({ leave }))({}).leave();
    await call;
    settled.open();
    await floating;
    await app.given[0];
    expect(app.finished.toSorted()).toEqual(['late', 'note']);
    expect(app.codes()).toEqual([]);
  },
);

test.each(WAYS)(
  'an event dispatched by %s after its listener has settled is waited for, as long as the chain is',
  async (way) => {
    await using app = serve();
    const other = gate();
    app.router
      .on(
        'started',
        ({ ctx }) => void setTimeout(() => (by(way, ctx.dispatch as Dispatch)(), other.open()), 1),
      )
      .on('started', () => other.promise);
    const { go } = t.router({ go: app.procedure.mutation(({ ctx }) => ctx.dispatch('started')) });
    await createCaller(t.router({ go }))({}).go();
    await app.given[0];
    expect(app.finished).toEqual(['late']);
    expect(app.codes()).toEqual([]);
  },
);

test.each(WAYS)('%s in a listener is reported if nobody waits any more', async (way) => {
  await using app = serve();
  const goOn = gate();
  let floating!: Promise<void>;
  app.router.on('started', ({ ctx }) => {
    floating = goOn.promise.then(by(way, ctx.dispatch as Dispatch));
  });
  const { go } = t.router({ go: app.procedure.mutation(({ ctx }) => ctx.dispatch('started')) });
  await createCaller(t.router({ go }))({}).go();
  await app.given[0];
  goOn.open();
  await floating;
  await app.bus.drain();
  expect(app.finished).toEqual(['late']);
  expect(app.codes()).toEqual(['LATE_DISPATCH']);
});

test('an event of a call that a listener made without awaiting it is reported if nobody waits any more', async () => {
  await using app = serve();
  const begun = gate();
  const goOn = gate();
  let floating!: Promise<void>;
  const { inner, go } = t.router({
    inner: app.procedure.mutation(async ({ ctx }) => {
      begun.open();
      await goOn.promise;
      ctx.dispatch('noted', 'late');
    }),
    go: app.procedure.mutation(({ ctx }) => ctx.dispatch('started')),
  });
  const router = t.router({ inner, go });
  app.router.on('started', ({ ctx }) => {
    floating = createCaller(router)(ctx).inner();
    return begun.promise;
  });
  await createCaller(router)({}).go();
  await app.given[0];
  goOn.open();
  await floating;
  await app.bus.drain();
  expect(app.finished).toEqual(['late']);
  expect(app.codes()).toEqual(['LATE_DISPATCH']);
});
