import { randomOf } from './shop.ts';

/** Choices that a seed makes, each time the same. */
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

  /** As often as the weights say. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let at = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) if ((at -= weight) < 0) return choice;
    return choices.at(-1)![1];
  }
}
