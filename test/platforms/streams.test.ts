import { setTimeout as delay } from 'node:timers/promises';
import { observable } from '@trpc/server/observable';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { auto, inline, waitUntil } from '../../src/index.ts';
import { e, makeApp, t, type AppOptions } from '../trpc/app.ts';

/** Key under which Vercel keeps its `waitUntil`. */
const CONTEXT = Symbol.for('@vercel/request-context');

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  delete (globalThis as any)[CONTEXT];
});

/** Makes an app whose listener takes a while. `done` holds the notes that it has finished. */
function serve(options: AppOptions) {
  const done: string[] = [];
  const app = makeApp({
    ...options,
    async listener(note) {
      await delay(2);
      done.push(note);
    },
  });
  return Object.assign(app, { done });
}

/** Subscribes, and records the notes that have been handled at each step. */
async function read(stream: any, done: readonly string[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => {
    const end = (how: string) => {
      seen.push([how, ...done]);
      resolve();
    };
    stream.subscribe({
      next: (value: number) => seen.push([value, ...done]),
      complete: () => end('completed'),
      error: () => end('failed'),
    });
  });
  return seen;
}

describe('if the process may be frozen after the response, an observable', () => {
  const serveObservable = (end: (observer: any) => void) => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
    const app = serve({ defer: auto() });
    const router = t.router({
      stream: app.procedure.subscription(({ ctx }) =>
        observable<number>((observer) => {
          ctx.dispatch('noted', 'a');
          ctx.dispatch('noted', 'failure', { when: 'failure' });
          observer.next(1);
          ctx.dispatch('noted', 'b');
          observer.next(2);
          ctx.dispatch('noted', 'c');
          end(observer);
          return () => e.dispatch('noted', 'teardown');
        }),
      ),
    });
    return Object.assign(app, { stream: () => t.createCallerFactory(router)({}).stream() });
  };

  test('emits each value, and its end, only after the events before it have been handled, even those of its teardown', async () => {
    await using app = serveObservable((observer) => observer.complete());
    expect(await read(await app.stream(), app.done)).toEqual([
      [1, 'a'],
      [2, 'a', 'b'],
      ['completed', 'a', 'b', 'c', 'teardown'],
    ]);
  });

  test('emits its error only after the events that are kept have been handled', async () => {
    await using app = serveObservable((observer) => observer.error(new Error('no')));
    expect((await read(await app.stream(), app.done)).at(-1)).toEqual(['failed', 'a', 'b', 'failure']);
    expect(app.discarded.toSorted()).toEqual(['c', 'teardown']);
  });

  test('emits nothing more once its subscriber has left', async () => {
    await using app = serveObservable((observer) => observer.complete());
    const seen: unknown[] = [];
    const stream: any = await app.stream();
    stream
      .subscribe({ next: (value: number) => seen.push(value), complete: () => seen.push('end') })
      .unsubscribe();
    await app.bus.drain();
    expect(seen).toEqual([]);
    expect(app.done.toSorted()).toEqual(['a', 'b', 'c', 'teardown']);
  });
});

test('an inline observable goes on if its subscriber throws', async () => {
  await using app = serve({ defer: inline() });
  const router = t.router({
    stream: app.procedure.subscription(({ ctx }) =>
      observable<number>((observer) => {
        ctx.dispatch('noted', 'a');
        observer.next(1);
        observer.complete();
        return () => {};
      }),
    ),
  });
  const stream: any = await t.createCallerFactory(router)({}).stream();
  const ended = new Promise<void>((resolve) => {
    stream.subscribe({
      next() {
        throw new Error('boom');
      },
      complete: resolve,
    });
  });
  await ended;
  expect(app.done).toEqual(['a']);
});

describe('a stream that is pulled after its promise has resolved', () => {
  const given: Promise<unknown>[] = [];

  /** Makes a stream that nobody has pulled for 10 s. */
  async function abandoned(options: AppOptions) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    given.length = 0;
    const app = serve(options);
    const router = t.router({
      stream: app.procedure.subscription(async function* generate() {
        e.dispatch('noted', 'first');
        yield 1;
        e.dispatch('noted', 'last');
      }),
    });
    const stream = (await t.createCallerFactory(router)({}).stream())[Symbol.asyncIterator]();
    await vi.advanceTimersByTimeAsync(10_100);
    await given[0];
    vi.useRealTimers();
    return Object.assign(app, { next: () => stream.next() });
  }

  test('gives the platform another promise', async () => {
    await using app = await abandoned({ defer: waitUntil(() => (promise) => void given.push(promise)) });
    await app.next();
    await app.next();
    expect(given).toHaveLength(2);
    await given[1];
    expect(app.done).toEqual(['first', 'last']);
  });

  test('makes its caller wait if the platform no longer offers a waitUntil', async () => {
    vi.stubEnv('VERCEL', '1');
    (globalThis as any)[CONTEXT] = {
      get: () => ({ waitUntil: (promise: Promise<unknown>) => given.push(promise) }),
    };
    await using app = await abandoned({ defer: auto() });
    expect(given).toHaveLength(1);
    delete (globalThis as any)[CONTEXT];
    await app.next();
    expect(app.done).toEqual(['first']);
    await app.next();
    expect(app.done).toEqual(['first', 'last']);
  });
});
