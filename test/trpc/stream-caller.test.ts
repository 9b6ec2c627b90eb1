import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { inline } from '../../src/index.ts';
import { e, makeApp, t, type AppOptions } from './app.ts';
import type { Generate } from './stream-app.ts';
import { gate } from '../setup/async.ts';

/** Makes a caller of a streaming procedure. There is no transport, so the test itself makes each pull. */
function serve(generate: Generate, options?: AppOptions) {
  const app = makeApp(options);
  const router = t.router({ stream: app.procedure.subscription(generate as never) });
  const caller = t.createCallerFactory(router)({});
  return Object.assign(app, { stream: () => caller.stream() as unknown as Promise<AsyncGenerator> });
}

test('a pull does not wait for the listeners of its events', async () => {
  const goOn = gate();
  await using app = serve(
    async function* generate({ ctx }) {
      ctx.dispatch('noted', 'first');
      yield 1;
      ctx.dispatch('noted', 'second');
      yield 2;
    },
    { listener: () => goOn.promise },
  );
  const stream = await app.stream();
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  expect(app.handled).toEqual([]);
  expect(await stream.next()).toEqual({ done: false, value: 2 });
  goOn.open();
  await app.bus.drain();
  expect(app.handled).toEqual(['first', 'second']);
});

test('with inline(), a pull waits for the listeners of its events', async () => {
  await using app = serve(
    async function* generate({ ctx }) {
      ctx.dispatch('noted', 'first');
      yield 1;
      ctx.dispatch('noted', 'last');
    },
    { defer: inline(), listener: () => new Promise((resolve) => setTimeout(resolve, 5)) },
  );
  const stream = await app.stream();
  await stream.next();
  expect(app.handled).toEqual(['first']);
  await stream.next();
  expect(app.handled).toEqual(['first', 'last']);
});

test('return() before the first pull ends the scope, and flushes the events of its resolver', async () => {
  await using app = serve(({ ctx }) => {
    ctx.dispatch('noted', 'before');
    ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
    return (async function* never() {
      e.dispatch('noted', 'never');
      yield 1;
    })();
  });
  const stream = await app.stream();
  expect(await stream.return('early')).toEqual({ done: true, value: 'early' });
  await app.bus.drain();
  expect(app.handled).toEqual(['before', 'whatever comes']);
});

test('throw() on a stream loses only events that came since its last yield', async () => {
  await using app = serve(async function* generate({ ctx }) {
    ctx.dispatch('noted', 'before');
    yield 1;
    ctx.dispatch('noted', 'never reached');
  });
  const stream = await app.stream();
  await stream.next();
  await expect(stream.throw(new Error('no'))).rejects.toThrow('no');
  await app.bus.drain();
  expect(app.handled).toEqual(['before']);
});

test('after a stream has failed, ctx.dispatch obeys that outcome', async () => {
  let dispatchLate!: (text: string, when: string) => void;
  await using app = serve(async function* generate({ ctx }) {
    dispatchLate = (text, when) => ctx.dispatch('noted', text, { when });
    yield 1;
    throw new Error('no');
  });
  const stream = await app.stream();
  await stream.next();
  await expect(stream.next()).rejects.toThrow('no');
  for (const when of ['success', 'failure', 'settled']) dispatchLate(when, when);
  await app.bus.drain();
  expect(app.handled).toEqual(['failure', 'settled']);
  expect(app.discarded).toEqual(['success']);
});

test('each pull runs in the scope of its stream, and in the async storage of its caller', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  await using app = serve(async function* generate() {
    for (let i = 0; i < 2; i++) {
      seen.push(storage.getStore());
      e.dispatch('noted', String(i));
      yield i;
    }
  });
  const stream = await storage.run('call', () => app.stream());
  await storage.run('first pull', () => stream.next());
  await storage.run('second pull', () => stream.next());
  expect(seen).toEqual(['first pull', 'second pull']);
  expect(() => e.dispatch('noted', 'outside')).toThrow('outside any scope');
  await app.bus.drain();
  expect(app.handled).toEqual(['0', '1']);
});

test.each([
  ['succeeds', ['inner', 'outer'], []],
  ['fails', [], ['inner', 'outer']],
])(
  'a stream that is read in a call that %s shares that call’s outcome',
  async (outcome, handled, discarded) => {
    await using app = makeApp();
    const inner = t.router({
      stream: app.procedure.subscription(async function* generate({ ctx }) {
        ctx.dispatch('noted', 'inner');
        yield 1;
      }),
    });
    const outer = t.router({
      outer: app.procedure.mutation(async ({ ctx }) => {
        for await (const _ of await t.createCallerFactory(inner)(ctx).stream());
        ctx.dispatch('noted', 'outer');
        if (outcome === 'fails') throw new Error('no');
      }),
    });
    await t
      .createCallerFactory(outer)({})
      .outer()
      .catch(() => {});
    await app.bus.drain();
    expect(app.handled).toEqual(handled);
    expect(app.discarded).toEqual(discarded);
  },
);

test('a stream that a call hands out is flushed pull by pull once that call has settled', async () => {
  await using app = makeApp();
  const inner = t.router({
    stream: app.procedure.subscription(async function* generate({ ctx }) {
      for (let i = 1; i < 4; i++) {
        ctx.dispatch('noted', String(i));
        yield i;
      }
    }),
  });
  let stream!: AsyncIterator<number>;
  const outer = t.router({
    outer: app.procedure.mutation(async ({ ctx }) => {
      const iterable = await t.createCallerFactory(inner)(ctx).stream();
      stream = iterable[Symbol.asyncIterator]();
      await stream.next();
    }),
  });
  await t.createCallerFactory(outer)({}).outer();
  await stream.next();
  await app.bus.drain();
  expect(app.handled).toEqual(['1', '2']);
  await stream.next();
  await stream.next();
  await app.bus.drain();
  expect(app.handled).toEqual(['1', '2', '3']);
});

test('a subscription that returns the stream of another call is flushed pull by pull', async () => {
  await using app = makeApp();
  const inner = t.router({
    stream: app.procedure.subscription(async function* generate({ ctx }) {
      ctx.dispatch('noted', '1');
      yield 1;
      ctx.dispatch('noted', 'since');
      throw new Error('no');
    }),
  });
  const outer = t.router({
    outer: app.procedure.subscription(({ ctx }) => t.createCallerFactory(inner)(ctx).stream()),
  });
  const stream = (await t.createCallerFactory(outer)({}).outer())[Symbol.asyncIterator]();
  await stream.next();
  await app.bus.drain();
  expect(app.handled).toEqual(['1']);
  await expect(stream.next()).rejects.toThrow('no');
  await app.bus.drain();
  expect(app.handled).toEqual(['1']);
  expect(app.discarded).toEqual(['since']);
});
