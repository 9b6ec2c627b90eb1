import { expect, test } from 'vitest';
import { waitUntil, type EventObserver } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { e, makeApp, t, type AppOptions, type Context, eventually } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

function makeRouter(options?: AppOptions) {
  const given: { ctx: Context; promise: Promise<unknown> }[] = [];
  const app = makeApp({
    ...options,
    defer: waitUntil<Context>(
      ({ ctx }) =>
        (promise) =>
          void given.push({ ctx, promise }),
    ),
  });
  const goOn = gate();
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => {
      expect(given).toHaveLength(1);
      ctx.dispatch('noted', 'note');
    }),
    nothing: app.procedure.mutation(() => {}),
    fail: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note');
      throw new Error('no');
    }),
    stream: app.procedure.subscription(async function* generate() {
      yield 1;
      await goOn.promise;
      e.dispatch('noted', 'last');
    }),
    leave: app.procedure.mutation(({ ctx }) => ctx.dispatch),
  });
  return { ...app, listeners: app.router, router, goOn, given, createCaller: t.createCallerFactory(router) };
}

async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    promise.then(() => false),
    new Promise<true>((resolve) => setTimeout(resolve, 5, true)),
  ]);
}

test('the promise is given as soon as the scope opens, and the source gets the ctx of the call', async () => {
  const givenWhenOpened: number[] = [];
  const observer: EventObserver = {
    name: 'observer',
    scopeOpened: () => void givenWhenOpened.push(app.given.length),
  };
  await using app = makeRouter({ observers: [observer] });
  const ctx = { tag: 'mine' };
  await app.createCaller(ctx).note();
  expect(givenWhenOpened).toEqual([1]);
  expect(app.given[0]!.ctx).toMatchObject(ctx);
  await app.given[0]!.promise;
  expect(app.handled).toEqual(['note']);
});

test('the caller does not wait, and the promise lasts until the listeners and everything they chain are done', async () => {
  const handle = gate();
  const chained = gate();
  await using app = makeRouter();
  app.listeners
    .on('noted', async ({ ctx }) => {
      await handle.promise;
      ctx.dispatch('started');
    })
    .on('started', () => chained.promise);
  await app.createCaller({}).note();
  const { promise } = app.given[0]!;
  expect(app.handled).toEqual([]);
  expect(await isOpen(promise)).toBe(true);
  handle.open();
  expect(await isOpen(promise)).toBe(true);
  chained.open();
  await promise;
});

test('the promise resolves if nothing was dispatched, and if the call failed', async () => {
  await using app = makeRouter();
  await app.createCaller({}).nothing();
  await app
    .createCaller({})
    .fail()
    .catch(() => {});
  await Promise.all(app.given.map(({ promise }) => promise));
  expect(app.given).toHaveLength(2);
});

test('the promise of a stream lasts until the stream ends', async () => {
  await using app = makeRouter();
  await using server = await start('standalone', app.router);
  const completed = gate();
  server.client().stream.subscribe(undefined, { onComplete: completed.open });
  await eventually(() => expect(app.given).toHaveLength(1));
  expect(await isOpen(app.given[0]!.promise)).toBe(true);
  app.goOn.open();
  await completed.promise;
  await app.given[0]!.promise;
  expect(app.handled).toEqual(['last']);
});

test('a dispatch after the promise has resolved is delivered, and reported as LATE_DISPATCH', async () => {
  await using app = makeRouter({ collectsErrors: true });
  const dispatch = await app.createCaller({}).leave();
  await app.given[0]!.promise;
  dispatch('noted', 'late');
  await app.bus.drain();
  expect(app.handled).toEqual(['late']);
  expect(app.errors).toMatchObject([{ code: 'LATE_DISPATCH' }]);
  expect(app.errors[0]!.message).toContain('"noted" was dispatched after its call had ended');
});

test.each([undefined, null, 'waitUntil', {}])('waitUntil(%j) is refused', (source) => {
  expect(() => waitUntil(source as never)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
