import { type Attempt, type AttemptOrigin, describeJob } from '../attempt/attempt.ts';
import { remakeContext } from '../attempt/create-context.ts';
import { invoke } from '../attempt/invoke.ts';
import { isNoRetry } from '../attempt/no-retry.ts';
import { type Item, slotHolder } from '../model/item.ts';
import { backOff, type RetryPolicy } from '../model/retry-policy.ts';
import type { Semaphore } from '../model/semaphore.ts';
import type { Target } from '../model/target.ts';
import { sleep, type Wait } from '../model/wait.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import { RetriedAttempt } from './retried-attempt.ts';
import { withTimeLimit } from './time-limit.ts';

/** The part of a flush that retries use. */
export interface RetriedFlush extends AttemptOrigin {
  succeeded(attempt: Attempt, item: Item, returned: unknown): void;
  failed(attempt: Attempt, item: Item, cause: unknown, reason: DeadLetterReason): void;
  dropped(attempt: RetriedAttempt): void;
  record(
    attempt: Pick<Attempt, 'listener' | 'number'>,
    item: Item,
    thrown: unknown,
    reason: DeadLetterReason,
  ): void;
}

/** An attempt that has failed. */
interface Failed {
  readonly attempt: RetriedAttempt;
  readonly error: unknown;
}

/** One event for one listener that has a policy: attempt after attempt, until one succeeds, or none is to follow. */
export class RetriedRun {
  readonly #flush: RetriedFlush;
  readonly #item: Item;
  readonly #target: Target;
  readonly #retryPolicy: RetryPolicy;
  #attempts = 0;
  /** Where it holds a slot. */
  #slot: Semaphore | undefined = undefined;
  #wait: Wait | undefined = undefined;
  #stopped: DeadLetterReason | undefined = undefined;

  constructor(flush: RetriedFlush, item: Item, target: Target) {
    this.#flush = flush;
    this.#item = item;
    this.#target = target;
    this.#retryPolicy = target.retryPolicy!;
  }

  /** What it does, in words. */
  describe(): string {
    const what = describeJob(this.#target.name, this.#item);
    if (this.#wait === undefined) return what;
    return this.#attempts === 0
      ? `${what}, which waits for a slot`
      : `${what}, which waits for attempt ${this.#attempts + 1} of ${this.#retryPolicy.retry?.attempts}`;
  }

  /** The first attempt begins at once, if there is a slot. Never rejects. */
  async run(): Promise<void> {
    const semaphore = this.#target.semaphore?.of(this.#flush.group.root);
    let failed: Failed | undefined;
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
      this.#flush.dropped(failed.attempt);
      this.#flush.bus.observed?.backedOff(failed.attempt.info, failed.error, next);
      await this.#waitFor(sleep(next));
      if (this.#mustStop()) return this.#end(failed, this.#stopped!);
    }
  }

  /** Ends its waiting: no attempt will follow. */
  stop(reason: DeadLetterReason): void {
    this.#stopped ??= reason;
    this.#wait?.cancel();
  }

  async #attempt(): Promise<Failed | undefined> {
    const item = this.#item;
    const { timeout } = this.#retryPolicy;
    const attempt = new RetriedAttempt(this.#flush, item, this.#target.name, {
      number: ++this.#attempts,
      hasSlot: this.#slot !== undefined,
      hasTimeout: timeout !== undefined,
    });
    let value: unknown;
    try {
      const call =
        timeout === undefined ? this.#target.invoke : withTimeLimit(timeout, attempt, this.#target.invoke);
      const returned = invoke(attempt, item, call);
      value = isThenable(returned) ? await returned : returned;
    } catch (error) {
      return { attempt, error };
    } finally {
      this.#release();
      attempt.leaveSlot();
    }
    this.#flush.succeeded(attempt, item, value);
    return undefined;
  }

  /** The ms until the next attempt, or why there is none. */
  #nextAfter({ error }: Failed): number | DeadLetterReason {
    const { retry } = this.#retryPolicy;
    if (isNoRetry(error)) return 'not-retriable';
    if (retry === undefined || this.#attempts >= retry.attempts) return 'attempts';
    if (this.#mustStop()) return this.#stopped!;
    const delay = backOff(retry, this.#attempts);
    return Date.now() + delay > this.#flush.group.deadline ? 'budget' : delay;
  }

  async #waitFor(wait: Wait): Promise<boolean> {
    const { bus, options } = this.#flush;
    const abort = () => this.stop('aborted');
    this.#wait = wait;
    bus.waitingRuns.add(this);
    options.signal?.addEventListener('abort', abort);
    if (this.#mustStop()) wait.cancel();
    const isOver = await wait.over;
    options.signal?.removeEventListener('abort', abort);
    bus.waitingRuns.delete(this);
    this.#wait = undefined;
    return isOver;
  }

  #mustStop(): boolean {
    const { bus, options } = this.#flush;
    if (options.signal?.aborted) this.#stopped ??= 'aborted';
    if (bus.isAborting) this.#stopped ??= 'closed';
    if (this.#target.isOff()) this.#stopped ??= 'removed';
    return this.#stopped !== undefined;
  }

  #release(): void {
    this.#slot?.release();
    this.#slot = undefined;
  }

  #end(failed: Failed | undefined, reason: DeadLetterReason): void {
    this.#release();
    if (failed !== undefined) return this.#flush.failed(failed.attempt, this.#item, failed.error, reason);
    // As where a listener without a policy was taken off before its turn.
    if (reason === 'removed') return;
    const error: unknown =
      reason === 'aborted'
        ? this.#flush.options.signal?.reason
        : new EventsError('CLOSED', 'There was no time left for an attempt');
    this.#flush.record({ listener: this.#target.name, number: 0 }, this.#item, error, reason);
  }
}
