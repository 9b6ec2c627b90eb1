import { describeJob, type AttemptFlush } from '../attempt/attempt.ts';
import { remakeContext } from '../attempt/create-context.ts';
import { invoke } from '../attempt/invoke.ts';
import { isNoRetry } from '../attempt/no-retry.ts';
import { record, settle, endSucceeded } from '../attempt/settle.ts';
import { slotHolder, type Item } from '../model/item.ts';
import { backOff, type RetryPolicy } from '../model/retry-policy.ts';
import type { Semaphore } from '../model/semaphore.ts';
import type { Target } from '../model/target.ts';
import { sleep, type Wait } from '../model/wait.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import { isAborted, letGo, listen, reasonOf } from '../words/signals.ts';
import { RetriedAttempt } from './retried-attempt.ts';
import { withTimeLimit } from './with-time-limit.ts';

interface FailedAttempt {
  readonly attempt: RetriedAttempt;
  readonly error: unknown;
}

/**
 * A run gives one event to one listener with `retry`, `timeout` or `concurrency`: attempt after attempt, until one
 * succeeds or no other may follow.
 */
export class RetriedRun {
  readonly #flush: AttemptFlush;
  readonly #item: Item;
  readonly #target: Target;
  readonly #policy: RetryPolicy;
  #attempts = 0;
  /** The time that the run has reached if only its back-offs took time. Fake timers may end those without moving the clock. */
  #reached = performance.now();
  /** The semaphore in which the run holds a slot. */
  #slot: Semaphore | undefined = undefined;
  #wait: Wait | undefined = undefined;
  #stopped: DeadLetterReason | undefined = undefined;

  constructor(flush: AttemptFlush, item: Item, target: Target) {
    this.#flush = flush;
    this.#item = item;
    this.#target = target;
    this.#policy = target.retryPolicy!;
  }

  /** Says what the run does now, for the message of a drain that took too long. */
  describe(): string {
    const what = describeJob(this.#target.name, this.#item);
    if (this.#wait === undefined) return what;
    return this.#attempts === 0
      ? `${what}, which waits for a slot`
      : `${what}, which waits for attempt ${this.#attempts + 1} of ${this.#policy.retry?.attempts}`;
  }

  /** Makes all attempts. The first begins at once if there is a slot. Never rejects. */
  async run(): Promise<void> {
    const semaphore = this.#target.semaphore?.of(this.#flush.group.root);
    let failed: FailedAttempt | undefined;
    for (;;) {
      if (failed !== undefined) await remakeContext(this.#flush.bus, this.#item);
      if (semaphore !== undefined && slotHolder(this.#item.cause, this.#flush.group) === undefined) {
        if (semaphore.take() || (await this.#waitFor(semaphore.wait()))) this.#slot = semaphore;
      }
      if (this.#mustStop()) return this.#end(failed, this.#stopped!);
      failed = await this.#attempt();
      if (failed === undefined) return;
      const next = this.#nextAfter(failed);
      if (typeof next === 'string') return this.#end(failed, next);
      failed.attempt.discardsAll = true;
      settle(failed.attempt, { ok: false, error: failed.error });
      this.#flush.bus.observed?.backedOff(failed.attempt.info, failed.error, next);
      await this.#waitFor(sleep(next));
      this.#reached += next;
      if (this.#mustStop()) return this.#end(failed, this.#stopped!);
    }
  }

  /** Ends a wait of the run: no other attempt follows. */
  stop(reason: DeadLetterReason): void {
    this.#stopped ??= reason;
    this.#wait?.cancel();
  }

  async #attempt(): Promise<FailedAttempt | undefined> {
    const { timeout } = this.#policy;
    const attempt = new RetriedAttempt(this.#flush, this.#item, this.#target, {
      number: ++this.#attempts,
      attempts: this.#policy.retry?.attempts ?? 1,
      hasSlot: this.#slot !== undefined,
    });
    let value: unknown;
    try {
      const call =
        timeout === undefined ? this.#target.invoke : withTimeLimit(timeout, attempt, this.#target.invoke);
      const returned = invoke(attempt, this.#item, call);
      value = isThenable(returned) ? await returned : returned;
    } catch (error) {
      return { attempt, error };
    } finally {
      this.#release();
      attempt.hasSlot = false;
    }
    endSucceeded(this.#flush, attempt, this.#item, value);
    return undefined;
  }

  /** Returns the ms until the next attempt, or the reason why none follows. */
  #nextAfter({ error }: FailedAttempt): number | DeadLetterReason {
    const { retry } = this.#policy;
    if (isNoRetry(error)) return 'not-retriable';
    if (retry === undefined || this.#attempts >= retry.attempts) return 'attempts';
    if (this.#mustStop()) return this.#stopped!;
    const delay = backOff(retry, this.#attempts);
    const now = Math.max(performance.now(), this.#reached);
    return now + delay > this.#flush.group.deadline ? 'budget' : delay;
  }

  async #waitFor(wait: Wait): Promise<boolean> {
    const { bus, signal } = this.#flush;
    const abort = () => this.stop('aborted');
    this.#wait = wait;
    bus.waitingRuns.add(this);
    listen(signal, abort);
    if (this.#mustStop()) wait.cancel();
    const isOver = await wait.over;
    letGo(signal, abort);
    bus.waitingRuns.delete(this);
    this.#wait = undefined;
    return isOver;
  }

  #mustStop(): boolean {
    const { bus, signal } = this.#flush;
    if (isAborted(signal)) this.#stopped ??= 'aborted';
    if (bus.isAborting) this.#stopped ??= 'closed';
    if (this.#target.registered.isOff) this.#stopped ??= 'removed';
    return this.#stopped !== undefined;
  }

  #release(): void {
    this.#slot?.release();
    this.#slot = undefined;
  }

  #end(failed: FailedAttempt | undefined, reason: DeadLetterReason): void {
    this.#release();
    if (failed !== undefined) {
      settle(failed.attempt, { ok: false, error: failed.error });
      // Events that a listener dispatches after its timeout are dropped, whatever their `when`.
      if (failed.attempt.hasTimedOut) failed.attempt.discardsAll = true;
      return record(this.#flush, failed.attempt, this.#item, failed.error, reason);
    }
    // A listener that was taken off before its turn has not failed.
    if (reason === 'removed') return;
    const error: unknown =
      reason === 'aborted'
        ? reasonOf(this.#flush.signal)
        : new EventsError('CLOSED', 'There was no time left for an attempt');
    record(
      this.#flush,
      { listener: this.#target.name, kind: 'listener', number: 0 },
      this.#item,
      error,
      reason,
    );
  }
}
