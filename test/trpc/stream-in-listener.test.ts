import { expect, test } from 'vitest';
import { e, makeApp, t } from './app.ts';

test('a stream that a listener reads keeps the events before its last yield, even if it fails', async () => {
  await using app = makeApp();
  const router = t.router({
    stream: app.procedure.subscription(async function* () {
      for (let i = 0; i < 3; i++) {
        e.dispatch('noted', `pull ${i}`);
        if (i === 2) throw new Error('boom');
        yield i;
      }
    }),
  });
  const caller = t.createCallerFactory(router)({});
  const values: unknown[] = [];
  app.router.on('started', async () => {
    await expect(
      (async () => {
        for await (const value of await caller.stream()) values.push(value);
      })(),
    ).rejects.toThrow('boom');
  });
  await app.bus.publish('started');
  await app.bus.drain();
  expect(values).toEqual([0, 1]);
  expect(app.handled).toEqual(['pull 0', 'pull 1']);
  expect(app.discarded).toEqual(['pull 2']);
});
