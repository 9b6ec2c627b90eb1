import { expect, it } from 'vitest';
import type { EventObserver, Outcome } from '../../../src/index.ts';
import { e } from '../shop.ts';

/** Makes an object that throws when it is asked whether it has a member. */
const guardedObject = () =>
  new Proxy(
    {},
    {
      has() {
        throw new Error('ask nothing');
      },
    },
  );

it.each<[string, () => unknown, number]>([
  [
    'throws',
    () => {
      throw guardedObject();
    },
    1,
  ],
  ['rejects with', () => Promise.reject(guardedObject()), 1],
  ['returns', guardedObject, 1],
  ['resolves with', async () => guardedObject(), 0],
])(
  'A listener that %s an object whose has trap throws fares the same with an observer.',
  async (_, listener, failed) => {
    const outcomes: Outcome[] = [];
    const observer: EventObserver = {
      name: 'watcher',
      async wrapAttempt(_, run) {
        outcomes.push(await run());
      },
    };
    for (const observers of [[], [observer]])
      for (const options of [{}, { timeout: 1000 }]) {
        const router = e.router().on('cat.spotted', listener, options);
        await using bus = e.bus({ handlers: [router], observers, onError: () => {} });
        expect((await bus.publish('cat.spotted', 1)).failures).toHaveLength(failed);
      }
    expect(outcomes.map(({ ok }) => ok)).toEqual([failed === 0, failed === 0]);
  },
);

it('A payload whose has trap throws reaches a listener, with and without an observer.', async () => {
  const seen: unknown[] = [];
  const router = e.router().on('cat.spotted', ({ event }) => void seen.push(event.payload));
  for (const observers of [[], [{ name: 'watcher' }]]) {
    await using bus = e.bus({ handlers: [router], observers });
    expect((await bus.publish('cat.spotted', guardedObject())).failures).toEqual([]);
  }
  expect(seen).toEqual([{}, {}]);
});
