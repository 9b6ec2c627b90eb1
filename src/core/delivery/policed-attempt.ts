import { Attempt } from '../flush/attempt.ts';
import type { Flush } from '../flush/flush.ts';
import type { Entry } from '../scope/scope.ts';

/** An attempt under a policy. Most listeners have none, and would pay for each of its fields. */
export class PolicedAttempt extends Attempt {
  /** It counts in the `concurrency` of its listener. */
  hasSlot: boolean;
  /** Nothing of what it dispatches is kept, whatever its `when`: it will be followed by another one, or has timed out. */
  isVoid = false;
  /** Rejects when its `timeout` is over, if it has one. */
  timedOut: Promise<never> | undefined = undefined;
  readonly #number: number;
  /** Aborts when its `timeout` is over. */
  readonly #timeout: AbortController | undefined;
  readonly #ownSignal: AbortSignal | undefined;

  constructor(
    flush: Flush,
    entry: Entry,
    listener: string,
    given: { readonly number: number; readonly hasSlot: boolean; readonly hasTimeout: boolean },
  ) {
    super(flush, entry, listener);
    this.#number = given.number;
    this.hasSlot = given.hasSlot;
    if (!given.hasTimeout) return;
    const { signal } = flush.options;
    const timeout = new AbortController();
    this.#timeout = timeout;
    this.#ownSignal = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  }

  override get number(): number {
    return this.#number;
  }

  override get policed(): PolicedAttempt {
    return this;
  }

  override get signal(): AbortSignal {
    return this.#ownSignal ?? super.signal;
  }

  get hasTimedOut(): boolean {
    return this.#timeout?.signal.aborted === true;
  }

  abort(reason: unknown): void {
    this.#timeout?.abort(reason);
  }
}
