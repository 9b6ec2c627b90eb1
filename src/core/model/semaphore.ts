import { requestsAreIsolated } from '../host/isolation.ts';
import type { Wait } from './wait.ts';

/** Who waits for a slot, until `end` is called. */
interface Waiter {
  end: ((hasSlot: boolean) => void) | undefined;
}

/**
 * Lets a number of attempts of one listener run at a time, whatever flushes they are of. The first ones begin at once,
 * in the pass of their flush; who waits can be told to give up.
 */
export class Semaphore {
  readonly #limit: number;
  #taken = 0;
  /** In their order, from `#next` on; an ended one is passed over. Deleting from the front of a Set costs more each time. */
  #waiting: Waiter[] = [];
  #next = 0;
  readonly #ofCalls = new WeakMap<object, Semaphore>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The one to go through for what a call leads to. On Cloudflare Workers each call has its own: no request can wake
   * another one there, and one that is cut off gives no slot back.
   */
  of(call: object): Semaphore {
    if (!requestsAreIsolated) return this;
    let semaphore = this.#ofCalls.get(call);
    if (semaphore === undefined) this.#ofCalls.set(call, (semaphore = new Semaphore(this.#limit)));
    return semaphore;
  }

  /** Takes a slot, if there is one. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }

  /** Gives a slot back: to who has waited longest, if anybody does. */
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
