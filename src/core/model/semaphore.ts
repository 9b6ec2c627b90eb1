import { requestsAreIsolated } from '../host/isolation.ts';
import type { Wait } from './wait.ts';

/** A waiter for a slot, until `end` is called. */
interface Waiter {
  end: ((hasSlot: boolean) => void) | undefined;
}

/**
 * Limits how many attempts of one listener run at a time, over all flushes. The first attempts begin at once, in the
 * pass of their flush. An attempt that waits can be told to stop waiting.
 */
export class Semaphore {
  readonly #limit: number;
  #taken = 0;
  /**
   * The waiters in their order, from `#next` on. Those that gave up are skipped. This is an array, because deleting from
   * the front of a Set costs more each time.
   */
  #waiting: Waiter[] = [];
  #next = 0;
  readonly #ofCalls = new WeakMap<object, Semaphore>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Returns the semaphore for the work of one call. If requests are isolated, each call has its own, because no request
   * can wake another there, and a canceled one never returns its slot.
   */
  of(call: object): Semaphore {
    if (!requestsAreIsolated) return this;
    let semaphore = this.#ofCalls.get(call);
    if (semaphore === undefined) this.#ofCalls.set(call, (semaphore = new Semaphore(this.#limit)));
    return semaphore;
  }

  /** Takes a slot if one is free. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }

  /** Gives a slot to the waiter that has waited longest, or frees it. */
  release(): void {
    while (this.#next < this.#waiting.length) {
      const { end } = this.#waiting[this.#next++]!;
      if (this.#next >= 1000 && this.#next * 2 >= this.#waiting.length) this.#forgetServed();
      if (end !== undefined) return end(true);
    }
    this.#forgetServed();
    this.#taken--;
  }

  #forgetServed(): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  wait(): Wait {
    const waiter: Waiter = { end: undefined };
    const over = new Promise<boolean>((resolve) => {
      waiter.end = (hasSlot) => {
        waiter.end = undefined;
        resolve(hasSlot);
      };
    });
    this.#waiting.push(waiter);
    return { over, cancel: () => waiter.end?.(false) };
  }
}
