import { expect, test, vi } from 'vitest';
import { ALL_ADAPTERS, distantClients } from './adapters.ts';
import { callAll } from './calls.ts';
import { startFreezing } from './freezing-process.ts';
import type { FrozenRouter } from './frozen-app.ts';
import type { FrozenServerOptions } from './frozen-server.ts';

// A process takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const SERVER = new URL('frozen-server.ts', import.meta.url);
const VERCEL = { VERCEL: '1', VERCEL_ENV: 'production' };

interface Rounds extends FrozenServerOptions {
  /** The number of rounds. The process is frozen after each of them. */
  readonly rounds: number;
  readonly calls: number;
}

/** Returns the events that each round must have led to, and the lines that the server wrote before each freeze. */
async function callFrozen({ rounds, calls, ...options }: Rounds) {
  await using server = startFreezing(SERVER, options, VERCEL);
  const url = await server.message<string>();
  const { clients, close } = distantClients<FrozenRouter>(options.adapter, url);
  const expected: string[][] = [];
  for (let round = 1; round <= rounds; round++) {
    expected.push(await callAll(clients, `r${round}`, calls));
    server.child.send('answered');
    await server.frozen(round);
    if (round < rounds) await server.thaw();
  }
  const written = server.journal().slice(0, rounds);
  close();
  expect(server.printed).toEqual([]);
  return { expected, written };
}

const sorted = (rounds: readonly string[][]) => rounds.map((round) => round.toSorted());

const CASES = ALL_ADAPTERS.flatMap((adapter) =>
  (['auto()', 'waitUntil()'] as const).map((strategy) => ({ adapter, strategy })),
);
test.each(CASES)(
  'on $adapter, with $strategy, a process that is frozen when its promises have settled loses no event of 500 calls',
  async (options) => {
    const { expected, written } = await callFrozen({
      ...options,
      rounds: 2,
      calls: 250,
      fastest: 0,
      slowest: 200,
    });
    expect(sorted(written)).toEqual(sorted(expected));
  },
);

const LOSING = ['a promise given late', 'a promise that has resolved'] as const;

test.each(LOSING)('%s loses all events to a process that is frozen', async (strategy) => {
  const { expected, written } = await callFrozen({
    adapter: 'standalone',
    strategy,
    rounds: 1,
    calls: 20,
    fastest: 60_000,
    slowest: 60_000,
  });
  expect(expected[0]).toContain('r1.0');
  expect(written).toEqual([[]]);
});

test.each(LOSING)('%s loses a request’s events even if the process goes on', async (strategy) => {
  const { written } = await callFrozen({
    adapter: 'standalone',
    strategy,
    rounds: 1,
    calls: 20,
    fastest: 0,
    slowest: 0,
  });
  expect(written[0]).toContain('lost r1.0');
  expect(written[0]).not.toContain('r1.0');
});
