/** What is known of an attempt where its listener has a policy. */
export class PolicedAttempt {
  /** 1 the first time. */
  readonly number: number;
  /** It counts in the `concurrency` of its listener. */
  hasSlot: boolean;
  /** Nothing of what it dispatches is kept, whatever its `when`: it will be followed by another one, or has timed out. */
  isVoid = false;
  /** Rejects when its `timeout` is over, if it has one. */
  timedOut: Promise<never> | undefined = undefined;
  readonly #controller: AbortController | undefined;

  constructor(number: number, hasSlot: boolean, hasTimeout: boolean) {
    this.number = number;
    this.hasSlot = hasSlot;
    this.#controller = hasTimeout ? new AbortController() : undefined;
  }

  get hasTimedOut(): boolean {
    return this.#controller?.signal.aborted === true;
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }

  /** The signal of the attempt, where it was made, or one was given. */
  signalWith(given: AbortSignal | undefined): AbortSignal | undefined {
    const own = this.#controller?.signal;
    return own === undefined || given === undefined ? (own ?? given) : AbortSignal.any([given, own]);
  }
}
