import { randomOf } from '../../setup/random.ts';

/** Random choices, which are the same for the same seed. */
export interface Random {
  /** Returns a number from 0 to 1, excluding 1. */
  next(): number;
  chance(probability: number): boolean;
  /** Returns an integer from 0 to `limit`, excluding `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** Returns the results of `count` calls of a function. */
  times<T>(count: number, make: () => T): T[];
}

export function seeded(seed: number): Random {
  const next = randomOf(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[below(items.length)] as T,
    times: (count, make) => Array.from({ length: count }, make),
  };
}
