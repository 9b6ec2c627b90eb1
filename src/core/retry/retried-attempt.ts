import { Attempt, type AttemptFlush } from '../attempt/attempt.ts';
import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';

/** An attempt of a listener with `retry`, `timeout` or `concurrency`: a subclass, so that others pay for none of its fields. */
export class RetriedAttempt extends Attempt {
  override readonly number: number;
  override readonly attempts: number;
  /** True while the attempt counts in the `concurrency` of its listener. */
  override hasSlot: boolean;
  /** True if events are dropped: all of them before another attempt, or those dispatched after a final timeout. */
  override discardsAll = false;
  override timedOut: Promise<never> | undefined = undefined;
  /** True if the attempt has taken longer than the `timeout` of its listener. */
  hasTimedOut = false;

  constructor(
    flush: AttemptFlush,
    item: Item,
    target: Target,
    given: { readonly number: number; readonly attempts: number; readonly hasSlot: boolean },
  ) {
    super(flush, item, target);
    this.number = given.number;
    this.attempts = given.attempts;
    this.hasSlot = given.hasSlot;
  }

  timeOut(error: Error): void {
    this.hasTimedOut = true;
    this.abort(error);
  }
}
