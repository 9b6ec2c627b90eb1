import { Attempt, type AttemptFlush } from '../attempt/attempt.ts';
import type { Item } from '../model/item.ts';

/** An attempt of a listener with `retry`, `timeout` or `concurrency`. Other listeners would pay for each of its fields. */
export class RetriedAttempt extends Attempt {
  override readonly number: number;
  /** True while the attempt counts in the `concurrency` of its listener. */
  override hasSlot: boolean;
  /** Set before another attempt: all events are dropped. Set after a final timeout: those dispatched from then on are. */
  override discardsAll = false;
  override timedOut: Promise<never> | undefined = undefined;
  /** Aborted when the `timeout` is over. */
  readonly timeout: AbortController | undefined;
  readonly #ownSignal: AbortSignal | undefined;

  constructor(
    flush: AttemptFlush,
    item: Item,
    listener: string,
    given: { readonly number: number; readonly hasSlot: boolean; readonly hasTimeout: boolean },
  ) {
    super(flush, item, listener);
    this.number = given.number;
    this.hasSlot = given.hasSlot;
    if (!given.hasTimeout) return;
    const { signal } = flush;
    this.timeout = new AbortController();
    this.#ownSignal =
      signal === undefined ? this.timeout.signal : AbortSignal.any([signal, this.timeout.signal]);
  }

  override get signal(): AbortSignal {
    return this.#ownSignal ?? super.signal;
  }
}
