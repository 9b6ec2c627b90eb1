import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../setup/random.ts';
import { VERDICTS, type Verdict, type VerdictKind } from './ledger.ts';
import type { Recipe, RecipeResult } from './recipe.ts';

/** The judged result of a recipe. */
export interface Report {
  readonly counts: Readonly<Record<VerdictKind, number>>;
  readonly result: RecipeResult;
  /** The verdicts that the recipe does not allow. */
  readonly wrong: readonly Verdict[];
}

/** Runs a recipe with a seed, at a scale. */
export async function runRecipe(recipe: Recipe, seed: number, scale: number): Promise<Report> {
  const scaled = (full: number) => Math.max(1, Math.round(full * scale));
  const minutes = 4 * Math.max(1, scale);
  const over = new AbortController();
  const tooLong = async () => {
    await sleep(minutes * 60_000, undefined, { signal: over.signal });
    throw new Error(`It did not end within ${minutes} minutes`);
  };
  const result = await Promise.race([recipe.run({ random: randomOf(seed), scaled }), tooLong()]).finally(() =>
    over.abort(),
  );
  const verdicts = result.ledger.verdicts(result.isOver);
  const counts = Object.fromEntries(
    VERDICTS.map((kind) => [kind, verdicts.filter((verdict) => verdict.kind === kind).length]),
  ) as Record<VerdictKind, number>;
  return { counts, result, wrong: verdicts.filter(({ kind }) => !recipe.allowed?.includes(kind)) };
}
