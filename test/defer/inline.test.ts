import { expect, test } from 'vitest';
import { inline } from '../../src/index.ts';
import { ADAPTERS, start } from '../servers/start.ts';
import { makeApp, t } from '../trpc/app.ts';

const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

test.each(ADAPTERS)('on %s, the caller sees everything that its events caused', async (adapter) => {
  const done: string[] = [];
  await using app = makeApp({ defer: inline() });
  app.router
    .on('noted', async ({ event, ctx }) => {
      await turn();
      if (event.payload === 'last') done.push('last');
      else ctx.dispatch('started');
    })
    .on('started', async ({ ctx }) => {
      await turn();
      done.push('chained');
      ctx.dispatch('noted', 'last');
    });
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'first')),
  });
  await using server = await start(adapter, router);
  await server.client().note.mutate();
  expect(done).toEqual(['chained', 'last']);
});

test('a custom strategy that waits for its flush sees everything that the events caused', async () => {
  const done: string[] = [];
  await using app = makeApp({
    defer: {
      name: 'mine',
      async start(flush) {
        await flush();
        done.push('flushed');
      },
    },
  });
  app.router
    .on('noted', ({ ctx }) => ctx.dispatch('started'))
    .on('started', async () => {
      await turn();
      done.push('chained');
    });
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'first')),
  });
  await t.createCallerFactory(router)({}).note();
  expect(done).toEqual(['chained', 'flushed']);
});

test('a single procedure can be inline', async () => {
  await using app = makeApp();
  const router = t.router({
    note: t.procedure
      .use(app.bus.middleware({ defer: inline() }))
      .mutation(({ ctx }) => ctx.dispatch('noted', 'inline')),
  });
  await using server = await start('standalone', router);
  await server.client().note.mutate();
  expect(app.handled).toEqual(['inline']);
});

test('a failed call waits for the events that are kept on failure, and drops the rest', async () => {
  await using app = makeApp({ defer: inline(), listener: turn });
  const router = t.router({
    fail: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'dropped');
      ctx.dispatch('noted', 'kept', { when: 'failure' });
      throw new Error('no');
    }),
  });
  await expect(t.createCallerFactory(router)({}).fail()).rejects.toThrow('no');
  expect(app.handled).toEqual(['kept']);
  await app.bus.drain({ timeout: 0 });
});

test('a listener that fails does not change the caller’s result', async () => {
  await using app = makeApp({
    defer: inline(),
    collectsErrors: true,
    listener: async () => {
      await turn();
      throw new Error('listener');
    },
  });
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note');
      return 'result';
    }),
  });
  expect(await t.createCallerFactory(router)({}).note()).toBe('result');
  expect(app.errors).toMatchObject([{ code: 'LISTENER_FAILED', cause: { message: 'listener' } }]);
});
