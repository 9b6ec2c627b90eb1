/**
 * `npm run test:faults` makes the library fail in each of the ways of test/faults/recipes, and asks one oracle what
 * happened to the events. Prints a table, and fails if a recipe has verdicts that it does not allow.
 *
 * Then runs the tests of queues with their full counts.
 *
 * `npm run test:faults -- rollback loop` runs only the recipes whose names have one of these words. `--seed 7` draws
 * other numbers, and `--scale 0.1` makes a tenth of the calls. `queues` is the name of the tests of queues.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { VERDICTS } from '../test/faults/ledger.ts';
import { RECIPES } from '../test/faults/recipes/index.ts';
import { runRecipe } from '../test/faults/run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, scale: { type: 'string', default: '1' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
const scale = Number(values.scale);
if (!Number.isInteger(seed)) throw new Error(`--seed must be a whole number, not ${values.seed}.`);
if (!(scale > 0)) throw new Error(`--scale must be a number over 0, not ${values.scale}.`);
const words = positionals.map((word) => word.toLowerCase());
const chosen = RECIPES.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
);
const withQueues = words.length === 0 || words.includes('queues');
if (chosen.length === 0 && !withQueues) throw new Error(`No recipe has ${words.join(' or ')} in its name.`);

const wrongRecipes = chosen.length > 0 ? await runRecipes() : 0;
const queuesHold = !withQueues || runQueues();
// Exit at once, because a recipe that hangs may hold timers.
process.exit(wrongRecipes > 0 || !queuesHold ? 1 : 0);

/** Runs the chosen recipes. Returns how many did not hold. */
async function runRecipes(): Promise<number> {
  console.log(`seed ${seed}, scale ${scale}: npm run test:faults -- --seed ${seed} --scale ${scale}\n`);
  const width = Math.max(...chosen.map(({ name }) => name.length)) + 2;
  const columns = ['dispatched', 'handled', ...VERDICTS];
  console.log(''.padEnd(width) + columns.join('  '));

  let wrongRecipes = 0;
  for (const recipe of chosen) {
    let line = recipe.name.padEnd(width);
    try {
      const { counts, result, wrong } = await runRecipe(recipe, seed, scale);
      const { accepted, handled } = result.ledger.counts;
      const cells = [accepted, handled, ...VERDICTS.map((kind) => counts[kind])];
      line += columns.map((column, i) => String(cells[i]).padEnd(column.length)).join('  ');
      console.log(`${line.trimEnd()}   ${result.figures ?? ''}`.trimEnd());
      if (wrong.length > 0) wrongRecipes++;
      for (const { kind, token, listener } of wrong.slice(0, 5))
        console.log(`  ${kind}: ${token} at ${listener}`);
    } catch (error) {
      wrongRecipes++;
      console.log(`${line}FAILED: ${(error as Error).message}`);
    }
  }
  console.log(`\n${chosen.length - wrongRecipes} recipes held, ${wrongRecipes} did not`);
  return wrongRecipes;
}

/** Runs the tests of queues, which start real servers and processes. Returns true if all of them passed. */
function runQueues(): boolean {
  const args = ['vitest', 'run', '--project', 'slow*', 'test/queue', 'test/sqs', 'test/pubsub'];
  const { status } = spawnSync('npx', args, {
    stdio: 'inherit',
    env: { ...process.env, QUEUE_SCALE: String(Math.min(scale, 1)) },
  });
  return status === 0;
}
