import { expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { randomOf } from '../setup/random.ts';
import { SCALE } from '../queue/scale.ts';
import type { SubscriptionConfig } from '../servers/pubsub/types.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

/** The number of messages of each key. `npm run test:faults` takes all. */
const PER_KEY = SCALE === 1 ? 1000 : 80;
const KEYS = 16;
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const after = (ms: number) => ({ seconds: '0', nanos: ms * 1e6 });

it.each<[string, number, Partial<SubscriptionConfig>, number?]>([
  // A subscription should have a retry policy, but has none by default.
  ['with a retry policy', 0.05, { retryPolicy: { minimumBackoff: after(50), maximumBackoff: after(500) } }],
  ['without a retry policy', 0.05, {}],
  // With many streams, one may bring a message that it was sent earlier before another one brings the failed message.
  ['with many streams a consumer', 0.05, {}, 20],
  // If messages fail here, Google's client drops others that it has taken: docs/forwarders/pubsub-worker.md.
  ['with exactly-once delivery', 0, { enableExactlyOnceDelivery: true }],
])(
  '%s: with ten consumers and failures, each key keeps its order, and a stuck key holds up no other.',
  { timeout: 300_000 },
  async (name, part, config, patience) => {
    await using scene = await stage({ enableMessageOrdering: true, ...config });
    scene.send(orders(PER_KEY * KEYS, (i) => `key-${i % KEYS}`));
    const random = randomOf(SEED);
    const handled = new Map<string, number[]>();
    const running = new Set<string>();
    const wrong: string[] = [];
    let failures = 0;
    const work = async (id: string, { key = '' }: { key: string | undefined }) => {
      if (running.has(key)) wrong.push(`Two of ${key} run at a time: ${id}`);
      running.add(key);
      try {
        await pause(random() * 3);
        if (key === 'key-7' && part > 0) throw new Error('stuck');
        if (random() < part) {
          failures++;
          throw new Error('down');
        }
        handled.set(key, [...(handled.get(key) ?? []), Number(id.slice(1))]);
      } finally {
        running.delete(key);
      }
    };
    const begun = performance.now();
    // The deadlines are long, so that none passes on a busy machine. This test is only about order.
    const workers = await Promise.all(
      Array.from({ length: 10 }, () => scene.worker({ work, deadline: 60, patience })),
    );
    const total = () => [...handled.values()].reduce((sum, { length }) => sum + length, 0);
    await until(() => total() >= PER_KEY * (part > 0 ? KEYS - 1 : KEYS), 280_000);
    const ms = performance.now() - begun;
    // No message of the stuck key was handled, and all others were handled once, in order.
    for (let key = 0; key < KEYS; key++) {
      const expected = Array.from({ length: PER_KEY }, (_, i) => i * KEYS + key);
      expect(handled.get(`key-${key}`)).toEqual(key === 7 && part > 0 ? undefined : expected);
    }
    expect(wrong).toEqual([]);
    expect(workers.flatMap((worker) => worker.texts)).toEqual([]);
    printFigure(
      `seed ${SEED}, ${name}: ${KEYS} keys × ${PER_KEY}, ${failures} failures, 0 inversions, ${Math.round(ms)} ms`,
    );
  },
);
