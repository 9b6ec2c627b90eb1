import { EventsError } from '../../core/words/errors.ts';
import type { MessageLease } from '../../queue/types.ts';
import type { VisibilityEntry } from '../client/types.ts';
import type { BatchSender, EntryOutcome } from './batch-sender.ts';

/** The longest time for which SQS hides a message, however often that is extended: 12 hours, in ms. */
const LONGEST = 43_200_000;

/** An entry of a request, without the `Id` that its batch adds. */
export type VisibilityChange = Omit<VisibilityEntry, 'Id'>;

/**
 * The time for which one message is hidden from other consumers. It is extended whenever half of it is over, until `end`.
 * Once it is lost, another consumer may have the message, and nothing more is sent for it.
 */
export class Visibility implements MessageLease {
  extended: ((left: number) => void) | undefined = undefined;
  readonly #handle: string;
  readonly #changes: BatchSender<VisibilityChange>;
  readonly #controller = new AbortController();
  readonly #received = performance.now();
  /** How long the message is hidden at first, and by each extension, in ms. */
  readonly #length: number;
  #until = 0;
  /** The reason to give if the time ends without another extension. */
  #whyLost = 'It could not be extended in time';
  #extension: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #extending: Promise<void> | undefined;
  #hasEnded = false;

  constructor(handle: string, seconds: number, changes: BatchSender<VisibilityChange>) {
    this.#handle = handle;
    this.#changes = changes;
    this.#length = seconds * 1000;
    this.#hideUntil(this.#received + this.#length);
  }

  /** The time for which the message is still hidden, in ms. */
  get ms(): number {
    return Math.max(this.#until - performance.now(), 0);
  }
  /** Aborts when the message is lost, or when `abort` is called. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  /** The time until which the message is hidden, on the clock of `performance`. */
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
    clearTimeout(this.#extension);
    clearTimeout(this.#expiry);
    await this.#extending;
  }

  /** Ends the extensions, and lets the message come again after `seconds`. */
  async giveBack(seconds: number): Promise<EntryOutcome> {
    await this.end();
    if (this.isLost) return { is: 'accepted' };
    return this.#changes.add(this.#entry(seconds), this.#until);
  }

  #entry(seconds: number): VisibilityChange {
    return { ReceiptHandle: this.#handle, VisibilityTimeout: seconds };
  }

  #hideUntil(until: number): void {
    this.#until = until;
    if (this.#hasEnded) return;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#lose(this.#whyLost), this.ms);
    this.#extension = setTimeout(() => (this.#extending = this.#extend()), this.ms / 2);
  }

  async #extend(): Promise<void> {
    const now = performance.now();
    const hidden = Math.ceil((now - this.#received) / 1000) * 1000;
    const ms = Math.min(this.#length, LONGEST - hidden);
    // The last extension may reach 12 hours, and then the message is lost.
    if (ms < this.#length / 2) {
      this.#whyLost = 'It was hidden for 12 hours, which is the limit of SQS';
      return;
    }
    const entry = this.#entry(Math.floor(ms / 1000));
    const isWanted = () => !this.#hasEnded && !this.isLost;
    const { is, error } = await this.#changes.add(entry, this.#until, isWanted);
    if (this.isLost) return;
    // SQS counts from when it got the request, so the message is hidden a little longer than this.
    if (is === 'accepted') this.#hideUntil(now + ms);
    else if (is === 'refused') this.#lose(error!.message, error);
    else if (error !== undefined) this.#whyLost = error.message;
    if (is === 'accepted') this.extended?.(this.ms);
  }

  #lose(why: string, cause?: EventsError): void {
    if (this.#hasEnded) return;
    this.isLost = true;
    clearTimeout(this.#extension);
    clearTimeout(this.#expiry);
    this.abort(
      new EventsError('RECEIVE_FAILED', `The message is no longer hidden from others. ${why}`, { cause }),
    );
  }
}
