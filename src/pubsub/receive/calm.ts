import { pause } from '../../queue/connection.ts';

/** The time without a message that counts as calm, in ms. */
const QUIET = 100;
/** The longest wait for calm, in ms. */
const LONGEST = 500;

/**
 * A moment before the client closes in which nothing is answered, so that Pub/Sub sends nothing more to a consumer that is
 * full. What is on its way when the client closes would be kept from others until its deadline is over.
 */
export class Calm {
  /** Resolves when answers may be sent again, or `undefined` if they may be sent now. */
  over: Promise<void> | undefined;
  #end = () => {};
  #hasEnded = false;
  /** When the last message came, on the clock of `performance`. */
  #lastCame = 0;

  /** Records that a message has come. */
  came(): void {
    this.#lastCame = performance.now();
  }

  /** Holds the answers back, until `end`. Afterwards it does nothing. */
  hold(): void {
    if (!this.#hasEnded) this.over ??= new Promise((resolve) => (this.#end = resolve));
  }

  /** Holds the answers back. Resolves when no more messages come, or when there is no time to wait for that. */
  async begin(nearlyOver: AbortSignal): Promise<void> {
    this.hold();
    const begun = performance.now();
    // The wait is at least half of QUIET, because the last message may have been one of several.
    this.#lastCame = Math.max(this.#lastCame, begun - QUIET / 2);
    while (performance.now() < Math.min(this.#lastCame + QUIET, begun + LONGEST) && !nearlyOver.aborted)
      await pause(QUIET / 10, nearlyOver);
  }

  end(): void {
    this.#hasEnded = true;
    this.#end();
    this.over = undefined;
  }
}
