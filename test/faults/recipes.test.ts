import { expect, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { RECIPES } from './recipes/index.ts';
import { runRecipe } from './run.ts';

const SEED = Number(process.env['FAULTS_SEED'] ?? 1);

test.for(RECIPES)('$name', { timeout: 300_000 }, async (recipe) => {
  const { wrong, result } = await runRecipe(recipe, SEED, 0.05);
  const { accepted, handled } = result.ledger.counts;
  printFigure(
    `${recipe.name}: ${accepted} dispatched, ${handled} handled; ${result.figures ?? ''} (FAULTS_SEED=${SEED})`,
  );
  expect(wrong).toEqual([]);
});
