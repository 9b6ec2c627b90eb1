import { randomOf } from './shop.ts';

/** Random choices, which are the same each time for the same seed. */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = randomOf(seed);
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  isLucky(chance: number): boolean {
    return this.next() < chance;
  }

  of<const T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Picks each choice as often as its weight says. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let at = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) if ((at -= weight) < 0) return choice;
    return choices.at(-1)![1];
  }
}
