import { expect, test } from 'vitest';
import { start } from '../servers/start.ts';
import { gate, makeApp, t, type AppOptions, eventually } from './app.ts';

/** Makes a router whose listeners go on when `handle` opens. */
function makeRouter({ pending, ...options }: AppOptions & { pending: number }) {
  const handle = gate();
  const app = makeApp({ ...options, limits: { pending }, listener: () => handle.opened });
  const note = app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note'));
  const two = app.procedure.mutation(({ ctx }) => {
    ctx.dispatch('noted', 'first');
    ctx.dispatch('noted', 'second');
  });
  const nothing = app.procedure.mutation(() => 'nothing');
  return { ...app, listeners: app.router, handle, router: t.router({ note, two, nothing }) };
}

function watch(call: Promise<unknown>) {
  const state = { isDone: false, call };
  void call.then(() => (state.isDone = true));
  return state;
}

test('when limits.pending events of other calls wait, a call waits for its own events, and none is refused or lost', async () => {
  await using app = makeRouter({ pending: 2 });
  await using server = await start('standalone', app.router);
  const { note, two, nothing } = server.client();
  await two.mutate();
  await eventually(() => expect(app.handled).toHaveLength(1));

  const crowded = watch(note.mutate());
  await eventually(() => expect(app.handled).toHaveLength(2));
  expect(await nothing.mutate()).toBe('nothing');
  expect(crowded.isDone).toBe(false);

  app.handle.open();
  await crowded.call;
  await app.bus.drain();
  expect(app.handled.toSorted()).toEqual(['first', 'note', 'second']);
});

test('a call’s own events do not make it wait, however many they are', async () => {
  await using app = makeRouter({ pending: 1 });
  await using server = await start('standalone', app.router);
  await server.client().two.mutate();
  app.handle.open();
  await app.bus.drain();
  expect(app.handled).toEqual(['first', 'second']);
});

test('when the events of other calls have been handled, calls no longer wait', async () => {
  await using app = makeRouter({ pending: 1 });
  await using server = await start('standalone', app.router);
  app.handle.open();
  for (let i = 0; i < 5; i++) {
    await server.client().note.mutate();
    await app.bus.drain();
  }
  expect(app.handled).toHaveLength(5);
});

test('when limits.pending events wait, a call waits even if its strategy does not', async () => {
  for (const start of [
    (flush: () => unknown) => void flush(),
    async (flush: () => unknown) => void flush(),
  ]) {
    await using app = makeRouter({ pending: 1, defer: { name: 'begins', start } });
    const { note } = t.createCallerFactory(app.router)({});
    await note();
    const crowded = watch(note());
    await eventually(() => expect(app.handled).toHaveLength(2));
    expect(crowded.isDone).toBe(false);
    app.handle.open();
    await crowded.call;
  }
});

test('deferred events count toward limits.pending too', async () => {
  const started: number[] = [];
  await using app = makeRouter({
    pending: 1,
    defer: { name: 'never', start: () => void started.push(1) },
  });
  app.handle.open();
  const { note } = t.createCallerFactory(app.router)({});
  await note();
  expect([app.handled, started]).toEqual([[], [1]]);
  // The strategy never flushes, so the bus flushes this call itself.
  await note();
  expect([app.handled, started]).toEqual([['note'], [1, 1]]);
});

test('a call that a listener makes never waits', async () => {
  await using app = makeRouter({ pending: 1 });
  const made = gate();
  app.listeners.on('started', async ({ ctx }) => {
    await t.createCallerFactory(app.router)(ctx).note();
    made.open();
  });
  const publishing = app.bus.publish('started');
  await made.opened;
  app.handle.open();
  await publishing;
  await app.bus.drain();
  expect(app.handled).toEqual(['note']);
});
