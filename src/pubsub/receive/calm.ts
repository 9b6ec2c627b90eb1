import { pause } from '../../queue/connection.ts';

/** How long no message must have come, in ms. */
const QUIET = 100;
/** How long that is waited for at most, in ms. */
const LONGEST = 500;

/**
 * A moment before the client closes in which nothing is answered, so that Pub/Sub sends nothing more to a consumer that is
 * full. What is on its way when the client closes would be kept from others until its deadline is over.
 */
export class Calm {
  /** Resolves when answers may be sent; `undefined` if they may. */
  over: Promise<void> | undefined;
  #end = () => {};
  #hasEnded = false;
  /** When the last message came, on the clock of `performance`. */
  #lastCame = 0;

  /** Call it for each message. */
  came(): void {
    this.#lastCame = performance.now();
  }

  /** Holds the answers back, until `end`. Afterwards it does nothing. */
  hold(): void {
    if (!this.#hasEnded) this.over ??= new Promise((resolve) => (this.#end = resolve));
  }

  /** Holds the answers back, too. Resolves when nothing comes any more, or when there is no time for that. */
  async begin(nearlyOver: AbortSignal): Promise<void> {
    this.hold();
    const begun = performance.now();
    // The last message before may have been one of several.
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
