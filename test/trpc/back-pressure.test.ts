import { expect, onTestFinished, test, vi } from 'vitest';
import { auto, inline, type DeferStrategy } from '../../src/index.ts';
import { start } from '../servers/start.ts';
import { makeApp, t, type AppOptions, eventually } from './app.ts';
import { gate } from '../setup/async.ts';

/** Makes a router whose listeners go on when `handle` opens. */
function makeRouter({ pending, ...options }: AppOptions & { pending: number }) {
  const handle = gate();
  const app = makeApp({
    ...options,
    limits: { pending },
    listener: () => handle.promise,
    collectsErrors: true,
  });
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
  await made.promise;
  app.handle.open();
  await publishing;
  await app.bus.drain();
  expect(app.handled).toEqual(['note']);
});

test('a call waits no longer than the budget of inline for a listener that hangs, and the limit is reported once, naming it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const app = makeRouter({ pending: 2, defer: { name: 'begins', start: (flush) => void flush() } });
  const { two, note, nothing } = t.createCallerFactory(app.router)({});
  await two();
  const crowded = [watch(note()), watch(note()), watch(two())];
  expect(await nothing()).toBe('nothing');
  await vi.advanceTimersByTimeAsync(9999);
  expect(crowded.map(({ isDone }) => isDone)).toEqual([false, false, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(crowded.map(({ isDone }) => isDone)).toEqual([true, true, true]);
  expect(vi.getTimerCount()).toBe(0);
  expect(app.errors.map(({ code }) => code)).toEqual(['LIMIT_EXCEEDED']);
  expect(app.errors[0]!.message).toMatch(
    /^limits\.pending, 2, is reached: .* up to 10 s, or the budget of its strategy\. .* There runs: recorder on noted [\w-]{36} \(1 more wait for it\)/,
  );
  app.handle.open();
  await app.bus.drain();
  expect(app.handled).toHaveLength(6);
});

test('the limit is reported again after the bus was idle', async () => {
  await using app = makeRouter({ pending: 1, defer: { name: 'begins', start: (flush) => void flush() } });
  const { note } = t.createCallerFactory(app.router)({});
  for (let round = 1; round <= 2; round++) {
    const handle = gate();
    app.handle.promise = handle.promise;
    const calls = [note(), note(), note()];
    await calls[0];
    handle.open();
    await Promise.all(calls);
    await app.bus.drain();
    expect(app.errors).toHaveLength(round);
  }
});

test('the limit is reported again after the pending events fell to half of it, although the bus is never idle', async () => {
  await using app = makeRouter({ pending: 4, defer: { name: 'begins', start: (flush) => void flush() } });
  const hangs = gate();
  app.handle.promise = hangs.promise;
  const hanging = app.bus.publish('noted', 'hangs');
  const { note } = t.createCallerFactory(app.router)({});
  for (let round = 1; round <= 3; round++) {
    const handle = gate();
    app.handle.promise = handle.promise;
    const calls = [note(), note(), note(), note(), note()];
    await calls[2];
    await eventually(() => expect(app.errors).toHaveLength(round));
    handle.open();
    await Promise.all(calls);
    expect(app.errors).toHaveLength(round);
  }
  hangs.open();
  await hanging;
});

test('the limit is not reported again while the pending events stay above half of it', async () => {
  await using app = makeRouter({ pending: 4, defer: { name: 'begins', start: (flush) => void flush() } });
  const { note } = t.createCallerFactory(app.router)({});
  const hanging = ['1', '2', '3'].map((payload) => app.bus.publish('noted', payload));
  for (let round = 1; round <= 3; round++) {
    const handle = gate();
    app.handle.promise = handle.promise;
    const calls = [note(), note()];
    await calls[0];
    await eventually(() => expect(app.errors).toHaveLength(1));
    handle.open();
    await Promise.all(calls);
  }
  app.handle.open();
  await Promise.all(hanging);
  expect(app.errors).toHaveLength(1);
});

test.each<[string, DeferStrategy, number]>([
  ['inline({ budget })', inline({ budget: 60_000 }), 60_000],
  ['inline()', inline(), 10_000],
  ['auto()', auto(), 10_000],
  ['a strategy that waits, and gives no budget', { name: 'waits', start: (flush) => flush() }, 10_000],
  ['a strategy whose promise never settles', { name: 'never', start: () => new Promise(() => {}) }, 10_000],
])(
  'behind a listener that hangs, a call under %s is answered when its budget is over',
  async (_, defer, budget) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const app = makeRouter({ pending: 1, defer });
    const hanging = app.bus.publish('noted', 'hangs');
    const waits = watch(t.createCallerFactory(app.router)({}).note());
    await vi.advanceTimersByTimeAsync(budget - 1);
    expect(waits.isDone).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(waits.isDone).toBe(true);
    app.handle.open();
    await hanging;
    await app.bus.drain();
    expect(app.handled).toEqual(['hangs', 'note']);
  },
);

test('a caller that its strategy makes wait waits for the strategy, too', async () => {
  await using app = makeRouter({
    pending: 1,
    defer: { name: 'waits', start: (flush) => flush().then(() => strategy.promise) },
  });
  const strategy = gate();
  const hanging = app.bus.publish('noted', 'hangs');
  const waits = watch(t.createCallerFactory(app.router)({}).note());
  await eventually(() => expect(app.handled).toHaveLength(2));
  app.handle.open();
  await hanging;
  await app.bus.drain();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(waits.isDone).toBe(false);
  strategy.open();
  await waits.call;
});

test('bus.scope waits until its events are handled, however full the bus is', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const app = makeRouter({ pending: 1 });
  const hanging = app.bus.publish('noted', 'hangs');
  const waits = watch(app.bus.scope(({ dispatch }) => dispatch('noted', 'note')));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(waits.isDone).toBe(false);
  app.handle.open();
  await waits.call;
  await hanging;
  expect(app.handled).toEqual(['hangs', 'note']);
});

test('the limit is reported once more when something runs that can be named', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let begin = () => {};
  const app = makeRouter({
    pending: 1,
    defer: { name: 'held', start: (flush) => void (begin = () => void flush()) },
  });
  const { note, nothing } = t.createCallerFactory(app.router)({});
  await note();
  app.handle.open();
  expect(await nothing()).toBe('nothing');
  await note();
  begin();
  expect(app.errors.at(-1)!.message).toMatch(/There runs: recorder on noted/);
  expect(app.errors.length).toBeLessThanOrEqual(2);
  await app.bus.drain();
});
