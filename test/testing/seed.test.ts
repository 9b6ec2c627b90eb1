import { expect, it } from 'vitest';
import { testBus } from '../../src/testing/index.ts';
import { expectConsole } from '../setup/console.ts';
import { e, shopRouter } from './shop.ts';

const handlers = [shopRouter()];

it('A seed that testBus picked is printed once, and fails the same attempts again when it is given.', async () => {
  const lines = expectConsole();
  const onError = () => {};
  const bus = testBus(e, { handlers, onError, faults: { failRate: 0.5 } });
  expect(lines).toEqual([
    `trpc-events: testBus has the seed ${bus.seed}: with \`faults: { seed: ${bus.seed} }\` the same attempts fail again.`,
  ]);
  const again = testBus(e, { handlers, onError, faults: { failRate: 0.5, seed: bus.seed } });
  for (let i = 0; i < 20; i++) {
    const [one, two] = [bus, again].map((it) => it.publish('user.deleted', { id: '1' }));
    const [{ failures }, other] = [await one!, await two!];
    expect(failures.map(({ listener }) => listener)).toEqual(other.failures.map(({ listener }) => listener));
  }
  expect(lines).toHaveLength(1);
});

it('Seeds that testBus picks differ, and none is printed if there is no failRate.', () => {
  const seeds = Array.from({ length: 5 }, () => testBus(e, { handlers, faults: {} }).seed);
  expect(new Set(seeds).size).toBeGreaterThan(1);
});
