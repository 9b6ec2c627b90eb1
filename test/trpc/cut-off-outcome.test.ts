import { expect, test } from 'vitest';
import type { Outcome } from '../../src/index.ts';
import { eventually, makeApp, t } from './app.ts';
import type { Generate } from './stream-app.ts';
import { gate } from '../setup/async.ts';

test.each([
  ['query', { kept: ['to fail', 'whatever'], dropped: ['to succeed'], ok: false }],
  ['subscription', { kept: ['to succeed', 'whatever'], dropped: ['to fail'], ok: true }],
] as const)(
  'a %s that is cut off decides about what it dispatched after its last value as its client sees it',
  async (type, { kept, dropped, ok }) => {
    const outcomes: Outcome[] = [];
    const app = makeApp({
      observers: [{ name: 'watcher', scopeSettled: (_, outcome) => void outcomes.push(outcome) }],
    });
    const waits = gate();
    async function* live({ ctx, signal }: Parameters<Generate>[0]) {
      const stream = app.bus.stream('noted', { signal });
      ctx.dispatch('noted', 'answered');
      yield 'begun';
      ctx.dispatch('noted', 'to succeed');
      ctx.dispatch('noted', 'to fail', { when: 'failure' });
      ctx.dispatch('noted', 'whatever', { when: 'settled' });
      waits.open();
      for await (const { payload } of stream) if (payload === 'never') yield payload;
    }
    const router = t.router({
      query: app.procedure.query(live),
      subscription: app.procedure.subscription(live),
    });
    const { signal } = new AbortController();
    const values = (await t.createCallerFactory(router)({}, { signal })[type]())[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 'begun' });
    const last = values.next();
    if (!ok) last.catch(() => {});
    await waits.promise;
    await app.bus.close({ timeout: 4000 });
    if (ok) await values.return?.();
    else await expect(last).rejects.toMatchObject({ code: 'CLOSED' });
    await app.bus.drain();
    await eventually(() => expect(app.handled).toEqual(['answered', ...kept]));
    expect(app.discarded).toEqual(dropped);
    expect(outcomes).toMatchObject([{ ok }]);
  },
);
