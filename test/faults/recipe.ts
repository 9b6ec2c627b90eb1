import type { Ledger, VerdictKind } from './ledger.ts';

/** The tools that a recipe is run with. */
export interface RecipeOptions {
  /** Returns numbers from 0 to 1, which are the same for the same seed. */
  readonly random: () => number;
  /** Scales a count or a time. The result is at least 1. */
  readonly scaled: (full: number) => number;
}

/** The result of a recipe. */
export interface RecipeResult {
  readonly ledger: Ledger;
  /** True if the bus, or the process, has said that it is done. */
  readonly isOver: boolean;
  /** Other figures to print, such as how many events were lost if that is allowed. */
  readonly figures?: string;
}

/** A way to make the library fail. */
export interface Recipe {
  readonly name: string;
  /** Verdicts that do not count as failures of this recipe. */
  readonly allowed?: readonly VerdictKind[];
  /** @throws if something other than an event went wrong */
  run(options: RecipeOptions): Promise<RecipeResult>;
}
