import { expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { randomOf } from '../setup/random.ts';
import { SCALE } from '../queue/scale.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

/** The number of messages of each key. `npm run test:faults` takes all. */
const PER_KEY = SCALE === 1 ? 1000 : 60;
const KEYS = 16;
/** The number of messages that are sent before the consumers start. */
const AT_FIRST = 960;
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

it('On FIFO with ten consumers and failures, each key keeps its order, and a stuck key holds up no other.', async () => {
  await using scene = await stage('orders.fifo');
  const all = orders(PER_KEY * KEYS, (i) => `key-${i % KEYS}`);
  await scene.send(all.slice(0, AT_FIRST));
  const random = randomOf(SEED);
  const handled = new Map<string, number[]>();
  const running = new Set<string>();
  let failures = 0;
  const work = async (id: string, { key = '' }: { key: string | undefined }) => {
    if (running.has(key)) throw new Error(`Two of ${key} run at a time.`);
    running.add(key);
    try {
      await pause(random() * 3);
      if (key === 'key-7') throw new Error('stuck');
      if (random() < 0.05) {
        failures++;
        throw new Error('down');
      }
      handled.set(key, [...(handled.get(key) ?? []), Number(id.slice(1))]);
    } finally {
      running.delete(key);
    }
  };
  // The stuck key must not keep the machine busy.
  const retryDelay = ({ receiveCount }: { receiveCount: number }) => (receiveCount > 20 ? 1 : 0);
  const workers = await Promise.all(
    Array.from({ length: 10 }, () => scene.worker({ work, consumer: { retryDelay, visibilityTimeout: 60 } })),
  );
  const begun = performance.now();
  for (let at = AT_FIRST; at < all.length; at += 400) {
    // The server looks at every message for each request, so the queue is kept short.
    const stuck = at / KEYS;
    await until(() => scene.queue.messages.length - stuck < 800, 280_000);
    await scene.send(all.slice(at, at + 400));
  }
  await until(() => scene.queue.messages.length === PER_KEY, 280_000);
  const ms = performance.now() - begun;
  // No message of the stuck key was handled, and all others were handled once, in order.
  for (let key = 0; key < KEYS; key++) {
    const expected = Array.from({ length: PER_KEY }, (_, i) => i * KEYS + key);
    expect(handled.get(`key-${key}`)).toEqual(key === 7 ? undefined : expected);
  }
  const texts = workers.flatMap((worker) => worker.texts);
  expect(texts).toEqual([]);
  printFigure(
    `seed ${SEED}: ${KEYS} keys × ${PER_KEY}, ${failures} failures, 0 inversions, ${Math.round(ms)} ms`,
  );
}, 300_000);

it('One hot group does not stop the others: what waits for it takes no place, up to ten times concurrency.', async () => {
  await using scene = await stage('orders.fifo');
  // 25 messages of the hot group come before the first of another.
  await scene.send([...orders(25, () => 'hot'), { id: 'cold', key: 'cold' }]);
  const seen: string[] = [];
  const { consumer } = await scene.worker({
    work: (id) => (seen.push(id), id === 'cold' ? undefined : pause(400)),
    consumer: { concurrency: 2 },
  });
  await until(() => seen.includes('cold'), 3000);
  expect(seen.length).toBeLessThan(6);
  expect(consumer.status.inFlight).toBeLessThanOrEqual(2 + 20);
});
