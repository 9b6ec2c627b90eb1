import { expect, it } from 'vitest';
import { initEvents } from '../../../src/index.ts';
import { catalog, collector, e, thrownBy } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const app = initEvents.context<{ db: string }>().create(catalog);
const envelope = { id: 'a', name: 'cat.spotted', payload: 1, time: new Date(0) };

/** Makes a router that records the ctx of its listener. */
function keepingContext() {
  const contexts: object[] = [];
  const router = app.router().on('*', ({ ctx }) => {
    const { dispatch, ...rest } = ctx;
    expect(dispatch).toBeTypeOf('function');
    contexts.push(rest);
  });
  return { router, contexts };
}

it.each([
  ['synchronously', () => ({ db: 'db' })],
  ['asynchronously', async () => (await turn(), { db: 'db' })],
])('createContext makes the ctx of events that come from no procedure, %s.', async (_, createContext) => {
  const { router, contexts } = keepingContext();
  const names: string[] = [];
  await using bus = app.bus({
    handlers: [router],
    createContext: ({ event }) => (names.push(event.name), createContext()),
  });
  await bus.publish('cat.spotted', 1);
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    app.dispatch('cache.cleared');
  });
  await bus.deliver(envelope);
  expect(contexts).toEqual(Array.from({ length: 4 }, () => ({ db: 'db' })));
  expect(names).toEqual(['cat.spotted', 'user.created', 'cache.cleared', 'cat.spotted']);
});

it('createContext is called once per event: listeners share its values, but each has a ctx object of its own.', async () => {
  let made = 0;
  const seen: { db: object; mine?: string }[] = [];
  const shared = initEvents.context<{ db: object }>().create(catalog);
  const keep = ({ ctx }: { ctx: { db: object; mine?: string } }) => {
    seen.push(ctx);
    expect(ctx.mine).toBe(undefined);
    ctx.mine = 'set by one listener';
  };
  await using bus = shared.bus({
    handlers: [shared.router().on('*', keep).on('*', keep)],
    createContext: () => (made++, { db: {} }),
  });
  await bus.publish('cat.spotted', 1);
  expect(made).toBe(1);
  expect(seen[0]!.db).toBe(seen[1]!.db);
});

it('All events of a flush wait for their contexts, and are handled in order.', async () => {
  const first = gate();
  const seen = collector();
  await using bus = app.bus({
    handlers: [seen.handler],
    createContext: async ({ event }) => {
      if (event.name === 'user.created') await first.promise;
      return { db: 'db' };
    },
  });
  const flushed = bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('cache.cleared');
  });
  await turn();
  expect(seen.names).toEqual([]);
  first.open();
  await flushed;
  expect(seen.names).toEqual(['user.created', 'cache.cleared']);
});

it.each<[string, () => { db: string } | Promise<{ db: string }>]>([
  [
    'throws',
    () => {
      throw new Error('no database');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no database'))],
])(
  'If createContext %s, listeners and handle fail with NO_CONTEXT; handleMany, which gets no ctx, does not.',
  async (_, createContext) => {
    const heard: string[] = [];
    const router = app.router().on('*', () => void heard.push('listener'), { name: 'listener' });
    const handlers = [
      router,
      { name: 'one', handle: () => heard.push('one') },
      { name: 'many', handleMany: () => heard.push('many') },
    ];
    await using bus = app.bus({ handlers, createContext, onError: () => {} });
    const { failures } = await bus.publish('cat.spotted', 1);
    expect(heard).toEqual(['many']);
    expect(failures.map(({ listener }) => listener)).toEqual(['listener', 'one']);
    for (const { error } of failures) {
      expect(error).toMatchObject({
        code: 'LISTENER_FAILED',
        cause: {
          code: 'NO_CONTEXT',
          message: 'createContext threw Error: no database',
          cause: { message: 'no database' },
        },
      });
    }
  },
);

it('A builder that names no context gives listeners a ctx with only dispatch.', async () => {
  const contexts: string[][] = [];
  await using bus = e.bus({
    handlers: [e.router().on('*', ({ ctx }) => void contexts.push(Object.keys(ctx)))],
  });
  await bus.publish('cat.spotted', 1);
  expect(contexts).toEqual([['dispatch']]);
});

it('A builder that names a context needs createContext, or NO_CONTEXT is thrown where the event comes in.', async () => {
  const seen = collector();
  const bus = app.bus({ handlers: [seen.handler] });
  const refused = {
    code: 'NO_CONTEXT',
    message:
      '"cat.spotted" comes from no procedure, and e.bus was given no createContext to make the ctx of its listeners: add `createContext: ({ event }) => …`, or give withEvents a `context`.',
  };
  await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject(refused);
  await expect(bus.deliver(envelope)).rejects.toMatchObject(refused);
  await bus.scope(({ dispatch }) => {
    expect(thrownBy(() => dispatch('cat.spotted', 1))).toMatchObject(refused);
    expect(thrownBy(() => app.dispatch('cat.spotted', 1))).toMatchObject(refused);
  });
  expect(seen.events).toEqual([]);
});

it('A scope that dispatches nothing needs no context.', async () => {
  const bus = app.bus({ handlers: [] });
  expect(await bus.scope(() => 'value')).toBe('value');
});
