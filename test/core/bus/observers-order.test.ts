import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import type { EventObserver, Outcome } from '../../../src/index.ts';
import { e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

/** An observer that has every wrapper, and does nothing. */
const watcher: EventObserver = {
  name: 'watcher',
  dispatched: () => {},
  scopeOpened: () => {},
  scopeSettled: () => {},
  wrapFlush: async (_, run) => void (await run()),
  wrapAttempt: async (_, run) => void (await run()),
  wrapDelivery: async (_, run) => void (await run()),
};

/** Runs listeners of all kinds, and returns what happened in which order. */
async function orderUnder(observers: readonly EventObserver[]): Promise<string[]> {
  const log: string[] = [];
  const router = e.router();
  const say = (text: string) => void log.push(text);
  router.on('user.*', ({ event }) => say(`sync a ${event.name}`), { name: 'a' });
  router.on(
    'user.*',
    async ({ event }) => {
      say(`async b ${event.name}`);
      await Promise.resolve();
      say(`async b goes on ${event.name}`);
    },
    { name: 'b' },
  );
  router.on('user.created', ({ ctx }) => ctx.dispatch('cat.spotted', 'chained'), { name: 'chains' });
  router.on('cat.spotted', ({ event }) => say(`sync c ${event.payload as string}`), { name: 'c' });
  router.on('user.*', () => say('limited'), { name: 'limited', concurrency: 1, timeout: 1000 });
  await using bus = e.bus({ handlers: [router], observers });
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('user.deleted', { id: '1' });
  });
  say('the scope is over');
  const published = bus.publish('user.deleted', { id: '2' });
  say('the caller goes on');
  await published;
  say('published');
  await turn();
  return log;
}

it('Listeners run in the same order, and at the same moments, with and without an observer.', async () => {
  const plain = await orderUnder([]);
  expect(plain).toContain('sync c chained');
  expect(await orderUnder([watcher])).toEqual(plain);
  expect(await orderUnder([watcher, { ...watcher, name: 'other' }])).toEqual(plain);
});

it('A flush, a delivery and a call of handleMany have failed if a listener has, and list what failed.', async () => {
  const outcomes: [string, Outcome][] = [];
  const look = (what: string) => async (_: unknown, run: () => Promise<Outcome>) =>
    void outcomes.push([what, await run()]);
  const boom = new Error('boom');
  const router = e.router().on('cat.spotted', () => Promise.reject(boom), { name: 'mail' });
  const bus = e.bus({
    handlers: [
      router,
      { name: 'many', handleMany: ([event]) => ({ failures: [{ id: event!.id, error: boom }] }) },
      { name: 'fine', handle: () => {} },
    ],
    observers: [
      {
        name: 'outcomes',
        wrapFlush: look('flush'),
        wrapDelivery: look('delivery'),
        wrapAttempt: (info, run) => look(info.listener)(info, run),
      },
    ],
    onError: () => {},
  });
  await bus.deliver({ id: 'a', name: 'cat.spotted', payload: 1, time: new Date(0) });
  await bus.drain();
  const failed = { ok: false, error: { code: 'LISTENER_FAILED', cause: boom } };
  const failures = [
    { listener: 'many', id: 'a', error: { cause: boom } },
    { listener: 'mail', id: 'a', error: { cause: boom } },
  ];
  expect(Object.fromEntries(outcomes)).toMatchObject({
    flush: { ...failed, failures },
    delivery: { ...failed, failures },
    mail: { ok: false, error: boom },
    many: { ok: false, error: boom, failures: [{ id: 'a', error: boom }] },
    fine: { ok: true },
  });
});

it.each([[[]], [[watcher]]])(
  'A publish in the synchronous part of a listener runs its listeners in the async context of that listener.',
  async (observers) => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const router = e.router();
    router.on('user.created', () => {
      request.run('inner', () => void bus.publish('cat.spotted', 1));
    });
    router.on('cat.spotted', () => void seen.push(request.getStore()));
    const bus = e.bus({ handlers: [router], observers });
    await request.run('outer', () => bus.publish('user.created', { id: '1' }));
    await bus.drain();
    expect(seen).toEqual(['inner']);
  },
);
