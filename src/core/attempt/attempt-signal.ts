import { isAborted, letGo, listen, reasonOf } from '../words/signals.ts';

/**
 * The `signal` of one attempt, which aborts when its delivery does. It stops listening to the delivery's signal when the
 * attempt ends, because one signal often serves all deliveries of a process. What `AbortSignal.any` makes would stay in it.
 */
export class AttemptSignal {
  readonly #controller = new AbortController();
  readonly #source: AbortSignal | undefined;

  constructor(source: AbortSignal | undefined) {
    this.#source = source;
    if (isAborted(source)) this.#follow();
    else listen(source, this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #follow = (): void => this.abort(reasonOf(this.#source));

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** Stops following the delivery's signal, because the attempt has ended. */
  letGo(): void {
    letGo(this.#source, this.#follow);
  }
}
