import { observable } from '@trpc/server/observable';
import { expect, test } from 'vitest';
import { waitUntil } from '../../src/index.ts';
import { makeApp, t } from './app.ts';

/** Returns the observable of a procedure that has dispatched, and a function that awaits the platform's promises. */
async function serve(subscriber: Parameters<typeof observable>[0]) {
  const given: Promise<unknown>[] = [];
  const app = makeApp({ defer: waitUntil(() => (promise) => void given.push(promise)) });
  const router = t.router({
    stream: app.procedure.subscription(({ ctx }) => {
      ctx.dispatch('noted', 'resolver');
      return observable(subscriber);
    }),
  });
  const stream: any = await t.createCallerFactory(router)({}).stream();
  return { app, stream, finished: () => Promise.all(given) };
}

test('an observable that throws when it is subscribed to counts as failed', async () => {
  const { app, stream, finished } = await serve(() => {
    throw new Error('boom');
  });
  expect(() => stream.subscribe({})).toThrow('boom');
  await finished();
  expect([app.handled, app.discarded]).toEqual([[], ['resolver']]);
});

test('an observable whose teardown throws counts as ended', async () => {
  const { app, stream, finished } = await serve(() => () => {
    throw new Error('boom');
  });
  expect(() => stream.subscribe({}).unsubscribe()).toThrow('boom');
  await finished();
  expect(app.handled).toEqual(['resolver']);
});
