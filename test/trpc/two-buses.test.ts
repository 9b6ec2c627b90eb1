import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../src/index.ts';
import { e, makeApp, t, type Context } from './app.ts';

const other = initEvents.context<Context>().create(defineEvents({ noted: z.string() }));

/** Makes two buses, of one builder or of two. */
function makeBuses(builders: string) {
  const first = makeApp();
  const ofOther: string[] = [];
  const bus = other.bus({
    handlers: [other.router().on('noted', ({ event }) => void ofOther.push(event.payload))],
  });
  const second =
    builders === 'one builder' ? makeApp() : { bus, handled: ofOther, discarded: [] as string[] };
  const dispatch = builders === 'one builder' ? e.dispatch : other.dispatch;
  return {
    first,
    second: { ...second, procedure: t.procedure.use(second.bus.middleware()), dispatch },
    async [Symbol.asyncDispose]() {
      await Promise.all([first.bus.close(), second.bus.close(), bus.close()]);
    },
  };
}

const BUILDERS = ['one builder', 'two builders'];

test.each(BUILDERS)('nested calls of two buses of %s do not share their outcome', async (builders) => {
  await using buses = makeBuses(builders);
  const { first, second } = buses;
  const router = t.router({
    inner: second.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'by ctx.dispatch');
      second.dispatch('noted', 'by e.dispatch');
    }),
    outer: first.procedure.mutation(async ({ ctx }) => {
      e.dispatch('noted', 'before');
      await t.createCallerFactory(router)(ctx).inner();
      expect(second.handled).toEqual(['by ctx.dispatch', 'by e.dispatch']);
      e.dispatch('noted', 'after');
      throw new Error('no');
    }),
  });
  await expect(t.createCallerFactory(router)({}).outer()).rejects.toThrow('no');
  await first.bus.drain();
  expect(first.handled).toEqual([]);
  expect(first.discarded).toEqual(['before', 'after']);
});

test.each(BUILDERS)(
  'with two buses of %s, an inner call that fails does not affect the outer call',
  async (builders) => {
    await using buses = makeBuses(builders);
    const { first, second } = buses;
    const router = t.router({
      inner: second.procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'dropped');
        throw new Error('no');
      }),
      outer: first.procedure.mutation(async ({ ctx }) => {
        ctx.dispatch('noted', 'kept');
        await expect(t.createCallerFactory(router)(ctx).inner()).rejects.toThrow('no');
      }),
    });
    await t.createCallerFactory(router)({}).outer();
    await first.bus.drain();
    expect([first.handled, second.handled]).toEqual([['kept'], []]);
  },
);

test.each(BUILDERS)(
  'with two buses of %s, two calls of one bus are still nested if a call of the other is between them',
  async (builders) => {
    await using buses = makeBuses(builders);
    const { first, second } = buses;
    const router = t.router({
      innermost: first.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'innermost')),
      middle: second.procedure.mutation(async ({ ctx }) => {
        await t.createCallerFactory(router)(ctx).innermost();
        ctx.dispatch('noted', 'middle');
      }),
      outer: first.procedure.mutation(async ({ ctx }) => {
        await t.createCallerFactory(router)(ctx).middle();
        expect(first.handled).toEqual([]);
        throw new Error('no');
      }),
    });
    await t
      .createCallerFactory(router)({})
      .outer()
      .catch(() => {});
    await first.bus.drain();
    expect([first.handled, first.discarded]).toEqual([[], ['innermost']]);
    expect(second.handled).toEqual(['middle']);
  },
);

test('e.dispatch of a builder finds the scope of its own bus, past the scopes of other buses', async () => {
  await using buses = makeBuses('two builders');
  const { first, second } = buses;
  const router = t.router({
    both: first.procedure.use(second.bus.middleware()).mutation(({ ctx }) => {
      e.dispatch('noted', 'to the first');
      other.dispatch('noted', 'to the second');
      ctx.dispatch('noted', 'to the one that was used last');
    }),
  });
  await t.createCallerFactory(router)({}).both();
  await first.bus.drain();
  expect(first.handled).toEqual(['to the first']);
  expect(second.handled).toEqual(['to the second', 'to the one that was used last']);
});
