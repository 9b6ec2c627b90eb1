import { expect, test } from 'vitest';
import { inline, type DeferStrategy } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { e, makeApp, t, type Context } from './app.ts';
import { gate } from '../setup/async.ts';

test.each([
  ['succeeds', ['outer', 'inner', 'resolver'], []],
  ['fails', [], ['outer', 'inner', 'resolver']],
])(
  'if the middleware is used twice, a call that %s has all its events kept or dropped together, in order',
  async (outcome, handled, discarded) => {
    await using app = makeApp();
    const procedure = app.procedure
      .use(({ ctx, next }) => {
        ctx.dispatch('noted', 'outer');
        return next();
      })
      .use(app.bus.middleware())
      .use(({ ctx, next }) => {
        ctx.dispatch('noted', 'inner');
        return next();
      })
      .mutation(() => {
        e.dispatch('noted', 'resolver');
        if (outcome === 'fails') throw new Error('no');
      });
    await t
      .createCallerFactory(t.router({ procedure }))({})
      .procedure()
      .catch(() => {});
    await app.bus.drain();
    expect(app.handled).toEqual(handled);
    expect(app.discarded).toEqual(discarded);
  },
);

test('listeners get the richer ctx of the second middleware for events dispatched after it', async () => {
  const tags: [string, string | undefined][] = [];
  await using app = makeApp({ listener: (note, { tag }: Context) => void tags.push([note, tag]) });
  const procedure = app.procedure
    .use(({ ctx, next }) => {
      ctx.dispatch('noted', 'before');
      return next({ ctx: { tag: 'rich' } });
    })
    .use(app.bus.middleware())
    .mutation(({ ctx }) => {
      ctx.dispatch('noted', 'by ctx.dispatch');
      e.dispatch('noted', 'by e.dispatch');
    });
  await t.createCallerFactory(t.router({ procedure }))({ tag: 'poor' }).procedure();
  await app.bus.drain();
  expect(tags).toEqual([
    ['before', 'poor'],
    ['by ctx.dispatch', 'rich'],
    ['by e.dispatch', 'rich'],
  ]);
});

/** Makes a strategy that records when it is asked, and flushes at once. */
function strategy(name: string, asked: string[]): DeferStrategy {
  return {
    name,
    open: () => void asked.push(`${name} open`),
    start: (flush) => {
      asked.push(`${name} start`);
      return flush();
    },
  };
}

test.each([
  ['outer', undefined, ['outer open', 'outer start']],
  [undefined, 'inner', ['bus open', 'inner open', 'inner start']],
  ['outer', 'inner', ['outer open', 'inner open', 'inner start']],
  [undefined, undefined, ['bus open', 'bus start']],
])('with the strategies %s and %s, the innermost that was given counts', async (outer, inner, expected) => {
  const asked: string[] = [];
  await using app = makeApp({ defer: strategy('bus', asked) });
  const middleware = (name: string | undefined) =>
    app.bus.middleware(name === undefined ? {} : { defer: strategy(name, asked) });
  const procedure = t.procedure
    .use(middleware(outer))
    .use(middleware(inner))
    .mutation(({ ctx }) => ctx.dispatch('noted', 'note'));
  await t.createCallerFactory(t.router({ procedure }))({}).procedure();
  expect(app.handled).toEqual(['note']);
  expect(asked).toEqual(expected);
});

test('a call within a call is flushed by the outer call’s strategy, whatever its own says', async () => {
  await using app = makeApp();
  const goOn = gate();
  const router = t.router({
    inner: t.procedure
      .use(app.bus.middleware({ defer: inline() }))
      .mutation(({ ctx }) => ctx.dispatch('noted', 'inner')),
    outer: app.procedure.mutation(async ({ ctx }) => {
      await t.createCallerFactory(router)(ctx).inner();
      expect(app.handled).toEqual([]);
      goOn.open();
    }),
  });
  await using server = await start('standalone', router);
  await server.client().outer.mutate();
  await goOn.promise;
  await app.bus.drain();
  expect(app.handled).toEqual(['inner']);
});

test.each([
  ['ok', 'ok', ['in time', 'success', 'settled'], ['failure']],
  ['ok', 'failing', ['in time', 'failure', 'settled'], ['success']],
  ['failing', 'ok', ['in time', 'settled'], ['success', 'failure']],
  ['failing', 'failing', ['in time', 'failure', 'settled'], ['success']],
])(
  'an inner call that settles after its outer call is judged by both outcomes: outer %s, inner %s',
  async (outer, inner, handled, discarded) => {
    await using app = makeApp();
    const goOn = gate();
    let running: Promise<void> | undefined;
    const router = t.router({
      inner: app.procedure.mutation(async ({ ctx }) => {
        ctx.dispatch('noted', 'success');
        ctx.dispatch('noted', 'failure', { when: 'failure' });
        await goOn.promise;
        ctx.dispatch('noted', 'settled', { when: 'settled' });
        if (inner === 'failing') throw new Error('inner');
      }),
      outer: app.procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'in time', { when: 'settled' });
        running = t
          .createCallerFactory(router)(ctx)
          .inner()
          .catch(() => {});
        if (outer === 'failing') throw new Error('outer');
      }),
    });
    await t
      .createCallerFactory(router)({})
      .outer()
      .catch(() => {});
    await app.bus.drain();
    expect(app.handled).toEqual(['in time']);
    goOn.open();
    await running;
    await app.bus.drain();
    expect(app.handled).toEqual(handled);
    expect(app.discarded).toEqual(discarded);
  },
);
