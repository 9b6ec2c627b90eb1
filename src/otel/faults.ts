/**
 * Keeps what metrics, or the application's `attributes`, have thrown where throwing would cost a span or the trace of an
 * event. The bus reports it from the next hook that has nothing to lose.
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

  /** Throws what was kept, if there is something. */
  raise(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) throw kept.thrown;
  }
}
