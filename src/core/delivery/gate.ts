import type { Attempt } from '../flush/attempt.ts';
import { isWorkers, LOOK_EVERY } from '../workers.ts';
import type { Wait } from './wait.ts';

/**
 * Lets a number of attempts of one listener run at a time, whatever flushes they are of. The first ones begin at once,
 * in the pass of their flush; who waits can be told to give up.
 */
export class Gate {
  readonly #limit: number;
  #taken = 0;
  readonly #waiting = new Set<(hasSlot: boolean) => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a slot, if there is one. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }

  /** Gives a slot back: to who has waited longest, if anybody does. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken--;
      return;
    }
    this.#waiting.delete(next);
    next(true);
  }

  wait(): Wait {
    let end!: (hasSlot: boolean) => void;
    const over = new Promise<boolean>((resolve) => (end = resolve));
    if (isWorkers) return this.#look(over, end);
    this.#waiting.add(end);
    return {
      over,
      cancel: () => {
        if (this.#waiting.delete(end)) end(false);
      },
    };
  }

  /** On Cloudflare Workers no request can wake another one. */
  #look(over: Promise<boolean>, end: (hasSlot: boolean) => void): Wait {
    const looks = setInterval(() => {
      if (!this.take()) return;
      clearInterval(looks);
      end(true);
    }, LOOK_EVERY);
    return {
      over,
      cancel() {
        clearInterval(looks);
        end(false);
      },
    };
  }
}

/** Whether an attempt goes back to one that holds a slot, and may wait for this one: two such would wait for ever. */
export function isWithinSlot(cause: Attempt | undefined): boolean {
  for (let attempt = cause; attempt !== undefined; attempt = attempt.cause) {
    if (attempt.hasSlot) return true;
  }
  return false;
}
