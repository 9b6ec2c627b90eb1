import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomOf } from '../setup/random.ts';
import { packageWorld } from './package.ts';
import { randomProgram } from './program.ts';
import { referenceWorld } from './reference.ts';
import { run } from './run.ts';

/** The first seed. For a nightly run, set `MODEL_FROM=1000 MODEL_SEEDS=20000`. */
const from = Number(process.env['MODEL_FROM'] ?? 1);
const seeds = Number(process.env['MODEL_SEEDS'] ?? 200);

/** Keeps the order of what each listener gets, and sorts everything else in a turn. */
function inOrder(turns: readonly (readonly string[])[]) {
  const listeners = ['sync: ', 'async: ', 'retried ('];
  return turns.map((lines) => [
    ...listeners.map((listener) => lines.filter((line) => line.startsWith(listener))),
    lines.filter((line) => !listeners.some((listener) => line.startsWith(listener))).sort(),
  ]);
}
const inAnyOrder = (turns: readonly (readonly string[])[]) => turns.map((lines) => [...lines].sort());

/** Fakes the timers. The only ones that fire are back-offs, because no stream goes unread for 10 s here. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/** Observed listeners are asynchronous here, so nothing is promised about their order between flushes. */
describe.each([
  { what: 'a bus does what the reference does', isObserved: false, shown: inOrder },
  { what: 'an observed bus does the same in each turn', isObserved: true, shown: inAnyOrder },
])('$what', ({ isObserved, shown }) => {
  test(`with random programs (seeds ${from} to ${from + seeds - 1})`, { timeout: 600_000 }, async () => {
    for (let seed = from; seed < from + seeds; seed++) {
      const random = randomOf(seed);
      const program = randomProgram(random);
      // For half of the programs, the bus is closed while they run.
      const closeAt = random() < 0.5 ? Math.floor(random() * 12) : -1;
      const expected = await run(program, seed, closeAt, referenceWorld);
      const actual = await run(program, seed, closeAt, (listeners) => packageWorld(isObserved, listeners));
      const [seen, wanted] = [shown(actual), shown(expected)];
      const at = wanted.findIndex((turn, i) => JSON.stringify(turn) !== JSON.stringify(seen[i]));
      if (at < 0 && seen.length === wanted.length) continue;
      const story = actual.slice(0, at + 1).map((lines) => lines.join('\n'));
      expect(seen.slice(at), `seed ${seed}:\n${story.join('\n\n')}`).toEqual(wanted.slice(at));
    }
  });
});
