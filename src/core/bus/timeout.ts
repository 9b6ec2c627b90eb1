/** The `timeout` of `drain` or `close`: one timer for all that they wait for, so that no clock needs to be read. */
export class Timeout {
  /** Milliseconds; `undefined` for no limit. */
  readonly ms: number | undefined;
  isOver = false;
  /** Called when the time is over. */
  whenOver: (() => void) | undefined = undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number | undefined) {
    this.ms = ms;
    if (ms === undefined) return;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.whenOver?.();
    }, ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
