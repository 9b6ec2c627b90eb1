import { Attempt, type AttemptFlush } from '../attempt/attempt.ts';
import type { Item } from '../model/item.ts';

/** An attempt of a listener with `retry`, `timeout` or `concurrency`. Other listeners would pay for each of its fields. */
export class RetriedAttempt extends Attempt {
  readonly #number: number;
  /** Aborted when the `timeout` is over. */
  readonly #timeout: AbortController | undefined;
  readonly #ownSignal: AbortSignal | undefined;
  #hasSlot: boolean;
  #discardsAll = false;
  #timedOut: Promise<never> | undefined = undefined;

  constructor(
    flush: AttemptFlush,
    item: Item,
    listener: string,
    given: { readonly number: number; readonly hasSlot: boolean; readonly hasTimeout: boolean },
  ) {
    super(flush, item, listener);
    this.#number = given.number;
    this.#hasSlot = given.hasSlot;
    if (!given.hasTimeout) return;
    const { signal } = flush;
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

  /** True while the attempt counts in the `concurrency` of its listener. */
  override get hasSlot(): boolean {
    return this.#hasSlot;
  }

  leaveSlot(): void {
    this.#hasSlot = false;
  }

  override get discardsAll(): boolean {
    return this.#discardsAll;
  }

  /** Drops the events that the attempt has dispatched, or will: another attempt follows, or the time was over. */
  discardAll(): void {
    this.#discardsAll = true;
  }

  override get timedOut(): Promise<never> | undefined {
    return this.#timedOut;
  }

  get hasTimedOut(): boolean {
    return this.#timeout?.signal.aborted === true;
  }

  /** Sets the promise that rejects when the `timeout` is over. */
  limitBy(timedOut: Promise<never>): void {
    this.#timedOut = timedOut;
  }

  abort(reason: unknown): void {
    this.#timeout?.abort(reason);
  }
}
