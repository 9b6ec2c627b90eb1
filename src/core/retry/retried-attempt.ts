import { Attempt, type AttemptOrigin } from '../attempt/attempt.ts';
import type { Item } from '../model/item.ts';

/** An attempt under a policy. Most listeners have none, and would pay for each of its fields. */
export class RetriedAttempt extends Attempt {
  readonly #number: number;
  /** Aborts when its `timeout` is over. */
  readonly #timeout: AbortController | undefined;
  readonly #ownSignal: AbortSignal | undefined;
  #hasSlot: boolean;
  #discardsAll = false;
  #timedOut: Promise<never> | undefined = undefined;

  constructor(
    origin: AttemptOrigin,
    item: Item,
    listener: string,
    given: { readonly number: number; readonly hasSlot: boolean; readonly hasTimeout: boolean },
  ) {
    super(origin, item, listener);
    this.#number = given.number;
    this.#hasSlot = given.hasSlot;
    if (!given.hasTimeout) return;
    const { signal } = origin.options;
    const timeout = new AbortController();
    this.#timeout = timeout;
    this.#ownSignal = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  }

  override get number(): number {
    return this.#number;
  }

  override get signal(): AbortSignal {
    return this.#ownSignal ?? super.signal;
  }

  /** It counts in the `concurrency` of its listener. */
  override get hasSlot(): boolean {
    return this.#hasSlot;
  }

  leaveSlot(): void {
    this.#hasSlot = false;
  }

  /** Nothing of what it dispatches is kept: it will be followed by another one, or has timed out. */
  override get discardsAll(): boolean {
    return this.#discardsAll;
  }

  discardAll(): void {
    this.#discardsAll = true;
  }

  override get timedOut(): Promise<never> | undefined {
    return this.#timedOut;
  }

  /** What it dispatches after it has timed out is dropped. */
  override endLate(): void {
    if (this.#timeout?.signal.aborted) this.#discardsAll = true;
  }

  /** Its `timeout` begins: `over` rejects when it is over. */
  limit(over: Promise<never>): void {
    this.#timedOut = over;
  }

  abort(reason: unknown): void {
    this.#timeout?.abort(reason);
  }
}
