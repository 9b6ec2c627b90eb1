import { expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { orders, pause, stage, until } from './worker.ts';

const TEN = Array.from({ length: 10 }, (_, k) => k);

it('A message is acknowledged when its listeners are done, and its event is what was sent.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const { consumer } = await scene.worker({ work: (id) => void seen.push(id) });
  scene.send(orders(25));
  await scene.empty();
  expect(seen.toSorted()).toEqual(orders(25).map(({ id }) => id).toSorted()); // prettier-ignore
  await until(() => consumer.status.inFlight === 0);
  expect(consumer.status).toMatchObject({
    state: 'running',
    inFlight: 0,
    received: 25,
    acknowledged: 25,
    failed: 0,
    lastAnswer: expect.any(Date),
    lastError: undefined,
  });
  // Acks are gathered, and one stream takes all.
  const requests = scene.server.requests.filter(({ operation }) => operation === 'acknowledge');
  expect(requests.length).toBeLessThanOrEqual(8);
  expect(scene.server.streams).toBe(1);
});

it('2,000 quick messages are handled within a second, ten at a time.', async () => {
  await using scene = await stage();
  scene.send(orders(2000));
  const { consumer } = await scene.worker({ isIdle: true, work: () => Promise.resolve() });
  const begun = performance.now();
  await consumer.start();
  await scene.empty(30_000);
  const ms = performance.now() - begun;
  printFigure(`2,000 quick messages, concurrency 10: ${Math.round(ms)} ms`);
  expect(ms).toBeLessThan(6000);
  expect(scene.log('deliver')).toHaveLength(2000);
});
