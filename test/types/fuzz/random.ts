import { randomOf } from '../../setup/random.ts';

/** Random numbers that a seed decides. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  chance(probability: number): boolean;
  /** From 0 to `limit`, without it. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** So many results of a function. */
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
