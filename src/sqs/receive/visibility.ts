import { EventsError } from '../../core/words/errors.ts';
import type { MessageLease } from '../../queue/types.ts';
import type { VisibilityEntry } from '../client/types.ts';
import type { BatchSender, EntryOutcome } from './batch-sender.ts';

/** The longest time for which SQS hides a message, however often that is extended: 12 hours, in ms. */
const LONGEST = 43_200_000;

/** An entry of a request, to which its place in a batch is added. */
export type VisibilityChange = Omit<VisibilityEntry, 'Id'>;

/**
 * The time for which one message is hidden from other consumers. It is extended from half of it on, until `end`. Once it is
 * lost, another consumer may have the message, and nothing more is sent for it.
 */
export class Visibility {
  readonly lease: MessageLease;
  readonly #handle: string;
  readonly #changes: BatchSender<VisibilityChange>;
  readonly #controller = new AbortController();
  readonly #received = performance.now();
  #until: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #extending: Promise<void> | undefined;
  #hasEnded = false;

  constructor(handle: string, seconds: number, changes: BatchSender<VisibilityChange>) {
    this.#handle = handle;
    this.#changes = changes;
    this.lease = { ms: seconds * 1000 };
    this.#until = this.#received + this.lease.ms;
    this.#schedule();
  }

  /** Aborts when the message is lost, or when `abort` is called. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  /** Until when it is hidden, on the clock of `performance`. */
  get until(): number {
    return this.#until;
  }
  isLost = false;

  abort(reason: EventsError): void {
    this.#controller.abort(reason);
  }

  /** Ends the extensions. Resolves when none is under way, so that none arrives after a delete. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#extending;
  }

  /** Ends the extensions, and lets the message come again after so many seconds. */
  async giveBack(seconds: number): Promise<EntryOutcome> {
    await this.end();
    if (this.isLost) return { is: 'accepted' };
    return this.#changes.add(this.#entry(seconds), this.#until);
  }

  #entry(seconds: number): VisibilityChange {
    return { ReceiptHandle: this.#handle, VisibilityTimeout: seconds };
  }

  #schedule(): void {
    const left = this.#until - performance.now();
    this.#timer = setTimeout(() => (this.#extending = this.#extend()), left / 2);
  }

  async #extend(): Promise<void> {
    const now = performance.now();
    const hidden = Math.ceil((now - this.#received) / 1000) * 1000;
    const ms = Math.min(this.lease.ms, LONGEST - hidden);
    // The last extension may reach 12 hours, and there the message is lost.
    if (ms < this.lease.ms / 2) return this.#loseAtEnd();
    const entry = this.#entry(Math.floor(ms / 1000));
    const { is, error } = await this.#changes.add(entry, this.#until, () => !this.#hasEnded);
    if (this.#hasEnded) return;
    if (is !== 'accepted') return is === 'late' ? this.#loseAtEnd(error) : this.#lose(error);
    this.#until = now + ms;
    this.lease.extended?.(ms);
    this.#schedule();
  }

  #loseAtEnd(cause?: EventsError): void {
    this.#timer = setTimeout(() => this.#lose(cause), Math.max(this.#until - performance.now(), 0));
  }

  #lose(cause?: EventsError): void {
    this.isLost = true;
    const why = cause === undefined ? 'It was hidden for 12 hours, which is the limit of SQS' : cause.message;
    this.abort(
      new EventsError('RECEIVE_FAILED', `The message is no longer hidden from others. ${why}`, { cause }),
    );
  }
}
