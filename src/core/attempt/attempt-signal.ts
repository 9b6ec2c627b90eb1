/**
 * The `signal` of one attempt, which aborts when its delivery does. It lets go of the delivery's signal when the attempt
 * ends, because one signal often serves all deliveries of a process: what `AbortSignal.any` makes would stay in it.
 */
export class AttemptSignal {
  readonly #controller = new AbortController();
  readonly #source: AbortSignal | undefined;

  constructor(source: AbortSignal | undefined) {
    this.#source = source;
    if (source?.aborted) this.#follow();
    else source?.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #follow = (): void => this.abort(this.#source?.reason);

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** The attempt has ended: nothing else aborts its signal. */
  letGo(): void {
    this.#source?.removeEventListener('abort', this.#follow);
  }
}
