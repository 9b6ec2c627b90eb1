/**
 * Keeps an error of a meter, a span or the application's `attributes` if throwing it right away would lose a span, or the
 * trace of an event. A later hook throws it, so that the bus reports it.
 */
export class Faults {
  #kept: { readonly thrown: unknown } | undefined = undefined;

  /** Returns what `run` returns; `undefined` if it throws. */
  keep<R>(run: () => R): R | undefined {
    try {
      return run();
    } catch (thrown) {
      this.#kept ??= { thrown };
      return undefined;
    }
  }

  /** Throws the error that was kept, if there is one. */
  raise(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) throw kept.thrown;
  }
}
