import { Attempt } from '../flush/attempt.ts';
import type { Flush } from '../flush/flush.ts';
import type { Entry } from '../scope/scope.ts';

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

/** A class of its own: most listeners have no policy, and would pay for each of its fields. */
export class AttemptUnderPolicy extends Attempt {
  readonly #policed: PolicedAttempt;
  readonly #ownSignal: AbortSignal | undefined;

  constructor(flush: Flush, entry: Entry, listener: string, policed: PolicedAttempt) {
    super(flush, entry, listener);
    this.#policed = policed;
    this.#ownSignal = policed.signalWith(flush.options.signal);
  }

  override get number(): number {
    return this.#policed.number;
  }

  override get policed(): PolicedAttempt {
    return this.#policed;
  }

  override get signal(): AbortSignal {
    return this.#ownSignal ?? super.signal;
  }
}
