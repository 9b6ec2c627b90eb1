import { expect, test } from 'vitest';
import { start } from '../servers/start.ts';
import { e, makeApp, t, type Context, eventually } from './app.ts';
import { gate } from '../setup/async.ts';

/** Makes a call that leaves work behind, and lets that work run after the call has settled. */
async function serve(outcome: 'succeeds' | 'fails', later: (dispatch: Dispatch) => unknown) {
  const goOn = gate();
  const done = gate();
  const contexts: [string, unknown][] = [];
  const app = makeApp({ listener: (note, { tag }: Context) => void contexts.push([note, tag]) });
  const router = t.router({
    leave: app.procedure.mutation(({ ctx: { dispatch } }) => {
      dispatch('noted', 'in time', { when: 'settled' });
      setTimeout(async () => {
        await goOn.promise;
        await later(dispatch as Dispatch);
        done.open();
      }, 0);
      if (outcome === 'fails') throw new Error('no');
    }),
  });
  const server = await start('standalone', router, { createContext: () => ({ tag: 'call' }) });
  await server
    .client()
    .leave.mutate()
    .catch(() => {});
  await eventually(() => expect(app.handled).toEqual(['in time']));
  goOn.open();
  await done.promise;
  await app.bus.drain();
  return {
    ...app,
    contexts: contexts.slice(1),
    discarded: app.discarded,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
type Dispatch = (name: 'noted', payload: string, options?: { when: string }) => void;

test.each(['succeeds', 'fails'] as const)(
  'an event that a timer dispatches by e.dispatch after its call %s is delivered',
  async (outcome) => {
    await using app = await serve(outcome, () => {
      e.dispatch('noted', 'first');
      e.dispatch('noted', 'second', { when: 'failure' });
      e.dispatch('noted', 'third', { when: 'settled' });
    });
    expect(app.contexts).toEqual([
      ['first', 'createContext'],
      ['second', 'createContext'],
      ['third', 'createContext'],
    ]);
    expect(app.discarded).toEqual([]);
  },
);

test.each([
  ['succeeds', ['success', 'settled'], ['failure']],
  ['fails', ['failure', 'settled'], ['success']],
] as const)(
  'after a call %s, events that its timer dispatches by ctx.dispatch obey that outcome, and have the call’s ctx',
  async (outcome, handled, discarded) => {
    await using app = await serve(outcome, (dispatch) => {
      for (const when of ['success', 'failure', 'settled']) dispatch('noted', when, { when });
    });
    expect(app.contexts).toEqual(handled.map((when) => [when, 'call']));
    expect(app.discarded).toEqual(discarded);
  },
);

test('a procedure of another bus that a timer calls is a root, whatever became of the old call', async () => {
  const other = makeApp();
  await using app = await serve('fails', async (dispatch) => {
    const caller = t.createCallerFactory(
      t.router({
        note: other.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'other bus')),
      }),
    )({});
    await caller.note();
    dispatch('noted', 'dropped', { when: 'success' });
  });
  expect(other.handled).toEqual(['other bus']);
  expect(app.discarded).toEqual(['dropped']);
});

test.each(['succeeds', 'fails'])(
  'a call of the same bus that a timer makes is a root, and %s by itself',
  async (outcome) => {
    await using app = makeApp();
    const goOn = gate();
    const done = gate();
    const router = t.router({
      inner: app.procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'inner');
        if (outcome === 'fails') throw new Error('no');
      }),
      outer: app.procedure.mutation(({ ctx }) => {
        setTimeout(async () => {
          await goOn.promise;
          await t
            .createCallerFactory(router)(ctx)
            .inner()
            .catch(() => {});
          done.open();
        }, 0);
        throw new Error('no');
      }),
    });
    await t
      .createCallerFactory(router)({})
      .outer()
      .catch(() => {});
    goOn.open();
    await done.promise;
    await app.bus.drain();
    expect(app.handled).toEqual(outcome === 'fails' ? [] : ['inner']);
  },
);

test('events that a promise in a streamed answer dispatches are delivered', async () => {
  await using app = makeApp();
  const goOn = gate();
  const router = t.router({
    parts: app.procedure.query(({ ctx }) => {
      ctx.dispatch('noted', 'now');
      const later = goOn.promise.then(() => {
        ctx.dispatch('noted', 'by ctx.dispatch');
        e.dispatch('noted', 'by e.dispatch');
        return 2;
      });
      return { now: 1, later };
    }),
  });
  await using server = await start('standalone', router);
  const answer = await server.client('httpBatchStreamLink').parts.query();
  goOn.open();
  expect(await answer.later).toBe(2);
  await app.bus.drain();
  expect(app.handled.toSorted()).toEqual(['by ctx.dispatch', 'by e.dispatch', 'now']);
});

test('a stream nested in a streamed answer dispatches by ctx, and is told so if it uses e', async () => {
  await using app = makeApp();
  const errors: unknown[] = [];
  const router = t.router({
    page: app.procedure.query(({ ctx }) => ({
      items: (async function* () {
        ctx.dispatch('noted', 'first');
        yield 1;
        try {
          e.dispatch('noted', 'by e.dispatch');
        } catch (error) {
          errors.push(error);
        }
        ctx.dispatch('noted', 'second');
        yield 2;
      })(),
    })),
  });
  await using server = await start('standalone', router);
  const { items } = await server.client('httpBatchStreamLink').page.query();
  const values: number[] = [];
  for await (const value of items) values.push(value);
  await app.bus.drain();
  expect(values).toEqual([1, 2]);
  expect(app.handled).toEqual(['first', 'second']);
  expect(errors).toMatchObject([
    {
      code: 'NO_SCOPE',
      message: expect.stringContaining("In a stream nested in a procedure's result, use ctx.dispatch."),
    },
  ]);
});
