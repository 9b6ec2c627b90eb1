import type { MessageLease } from '../../queue/types.ts';

/** How long a claim lasts, in ms. By default, Pub/Sub sends the messages of a dead process again after 10 s. */
const LENGTH = 10_000;
/** How often a claim is extended, in ms. */
const INTERVAL = 4000;

/**
 * The lease of a message whose deadline nobody can ask for. A claim on it is short, so that the message is not busy for
 * long after a crash, and is extended while this process has the message.
 */
export class HeldClaim implements MessageLease {
  readonly ms = LENGTH;
  #extended: ((ms: number) => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  get extended(): ((ms: number) => void) | undefined {
    return this.#extended;
  }
  set extended(extended: ((ms: number) => void) | undefined) {
    this.#extended = extended;
    clearInterval(this.#timer);
    // Without a dedupe store, there is nothing to extend.
    if (extended !== undefined) this.#timer = setInterval(() => extended(LENGTH), INTERVAL);
  }

  end(): void {
    this.extended = undefined;
  }
}
