import { isThenable } from '../../core/words/guards.ts';
import { causeOf, quote } from '../../core/words/quote.ts';
import type { Verdict } from '../../queue/types.ts';
import { type Answered, BatchSender } from './batch-sender.ts';
import type { SqsQueue } from '../client/sqs-queue.ts';
import type { DeleteEntry } from '../client/types.ts';
import type { HeldMessage } from './held-message.ts';
import type { VisibilityChange } from './visibility.ts';

/** How long a message that has failed stays away, in seconds, by how often it was received. */
export type RetryDelay = (info: { readonly receiveCount: number }) => number;

const defaultDelay: RetryDelay = ({ receiveCount }) => Math.min(2 ** receiveCount, 300);
/** The longest time for which SQS hides a message, in seconds. */
const LONGEST = 43_200;

/** Tells SQS what has become of messages. */
export class Answers {
  readonly changes: BatchSender<VisibilityChange>;
  readonly #deletes: BatchSender<Omit<DeleteEntry, 'Id'>>;
  readonly #retryDelay: RetryDelay;
  readonly #report: (held: HeldMessage, text: string, cause?: unknown) => void;
  #isAbandoned = false;
  /** True once there is no time left: what fails now comes again at once. */
  isUrgent = false;

  constructor(
    queue: SqsQueue,
    connection: Answered,
    retryDelay: RetryDelay = defaultDelay,
    report: (held: HeldMessage, text: string, cause?: unknown) => void,
  ) {
    this.changes = new BatchSender(
      (entries, signal) => queue.changeVisibilityBatch(entries, signal),
      connection,
    );
    this.#deletes = new BatchSender((entries, signal) => queue.deleteBatch(entries, signal), connection);
    this.#retryDelay = retryDelay;
    this.#report = report;
  }

  /** Stops waiting for answers, because the time of a stop is over. */
  abandon(): void {
    this.#isAbandoned = true;
    this.changes.abandon();
    this.#deletes.abandon();
  }

  /**
   * Tells SQS what a verdict asks for. Resolves when SQS has taken the answer, or when it is too late for one. Resolves to
   * true if the message is deleted.
   */
  async give(held: HeldMessage, verdict: Verdict): Promise<boolean> {
    if (verdict === 'acknowledge') return this.#remove(held);
    if (verdict === 'leave' && !this.isUrgent) await held.visibility.end();
    else await this.giveBack(held, verdict === 'retry' && !this.isUrgent ? this.#delayOf(held) : 0);
    return false;
  }

  /** Lets a message come again after `seconds`. If that fails, it comes when its visibility timeout is over. */
  async giveBack(held: HeldMessage, seconds = 0): Promise<void> {
    await held.visibility.giveBack(seconds);
  }

  async #remove(held: HeldMessage): Promise<boolean> {
    await held.visibility.end();
    if (held.visibility.isLost) return false;
    // The delete is tried at least once, even after `until`, because the handle may still be valid then.
    const { is, error } = await this.#deletes.add({ ReceiptHandle: held.handle }, held.visibility.until);
    if (is === 'accepted') return true;
    // The consumer reports what a stop has left without an answer, all at once.
    if (!this.#isAbandoned)
      this.#report(held, `it was handled, but not deleted, and may come again: ${error?.message}`, error);
    return false;
  }

  #delayOf(held: HeldMessage): number {
    const { receiveCount } = held;
    try {
      const returned: unknown = this.#retryDelay({ receiveCount });
      // A promise is refused below. If it rejects, that must not end the process.
      if (isThenable(returned)) Promise.resolve(returned).catch(() => {});
      const seconds = Math.round(Number(returned));
      if (seconds >= 0 && seconds <= LONGEST) return seconds;
      this.#report(
        held,
        `retryDelay returned ${quote(returned)}, and must return seconds from 0 to ${LONGEST}.`,
      );
    } catch (error) {
      this.#report(held, `retryDelay threw ${causeOf(error)}`, error);
    }
    return defaultDelay({ receiveCount });
  }
}
