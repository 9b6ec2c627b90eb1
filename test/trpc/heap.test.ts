import { expect, test } from 'vitest';
import { e, t } from './app.ts';
import { usedHeap } from './garbage.ts';

test('100,000 calls with 10 events each leave the heap where it was', async () => {
  let count = 0;
  const router = e.router().on('noted', () => void count++);
  await using bus = e.bus({ handlers: [router] });
  const procedure = t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
    for (let i = 0; i < 10; i++) ctx.dispatch('noted', 'note');
  });
  const caller = t.createCallerFactory(t.router({ procedure }))({});
  const call = async (times: number) => {
    for (let i = 0; i < times; i++) await caller.procedure();
  };
  await call(5000);
  const before = await usedHeap();
  await call(100_000);
  const grown = (await usedHeap()) - before;
  expect(count).toBe(1_050_000);
  expect(Math.abs(grown)).toBeLessThan(5_000_000);
}, 120_000);
