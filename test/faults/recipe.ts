import type { Ledger, VerdictKind } from './ledger.ts';

/** What a recipe is run with. */
export interface RecipeOptions {
  /** The same numbers from 0 to 1 for the same seed. */
  readonly random: () => number;
  /** A count or a time at this scale: at least 1. */
  readonly scaled: (full: number) => number;
}

/** What came of it. */
export interface RecipeResult {
  readonly ledger: Ledger;
  /** Whether the bus, or the process, has said that it is done. */
  readonly isOver: boolean;
  /** What else is to be said, such as how many were lost where that is allowed. */
  readonly figures?: string;
}

/** A way to make it fail. */
export interface Recipe {
  readonly name: string;
  /** What is no failure here. */
  readonly allowed?: readonly VerdictKind[];
  /** @throws where something else went wrong than with events */
  run(options: RecipeOptions): Promise<RecipeResult>;
}
