import type { StopLimit } from './consumer-types.ts';

/** How long before the end of a stop the listeners are aborted, in ms; a quarter of the time, if that is less. */
const MARGIN = 2000;

/** The time that a stop may take. It can be shortened. */
export class StopTimer {
  readonly #nearlyOver = new AbortController();
  readonly #lastMoment = new AbortController();
  #end!: () => void;
  readonly #over = new Promise<false>((resolve) => (this.#end = () => resolve(false)));
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  /** When the time is over, on the clock of `performance`. */
  #endsAt = Infinity;
  readonly limit: StopLimit;

  constructor() {
    const msLeft = () => Math.max(this.#endsAt - performance.now(), 0);
    this.limit = {
      nearlyOver: this.#nearlyOver.signal,
      lastMoment: this.#lastMoment.signal,
      get ms() {
        return msLeft();
      },
    };
  }

  /** Ends the time after `timeout` ms, unless it ends sooner. */
  endWithin(timeout: number): void {
    const margin = Math.min(MARGIN, timeout / 4);
    this.#endsAt = Math.min(this.#endsAt, performance.now() + timeout);
    this.#timers.push(
      setTimeout(() => this.#nearlyOver.abort(), timeout - margin),
      setTimeout(() => this.#lastMoment.abort(), timeout - margin / 2),
      setTimeout(() => this.#end(), timeout),
    );
  }

  /** Resolves to true if the work is done in time. */
  async wait(work: Promise<unknown>): Promise<boolean> {
    try {
      return await Promise.race([work.then(() => true), this.#over]);
    } finally {
      for (const timer of this.#timers) clearTimeout(timer);
    }
  }
}
