import { EventsError } from '../../core/words/errors.ts';
import { causeOf } from '../../core/words/quote.ts';
import { isSendersFault } from '../client/errors.ts';
import type { BatchResult, FailedEntry } from '../client/types.ts';

/** The most entries of one request. */
const MOST = 10;
/** How long entries are gathered, in ms. */
const LINGER = 5;
/** How many requests run at a time, so that a burst fills batches, and not sockets. */
const PARALLEL = 8;
/** How long a request may take, in ms. One that nobody answers would hold its entries forever. */
const REQUEST_TIMEOUT = 10_000;
const MIN_DELAY = 100;
const MAX_DELAY = 2000;

/** The outcome of an entry. SQS accepted it, or refused it and would do so again, or its time ended without an answer. */
export type EntryOutcome = { readonly is: 'accepted' | 'refused' | 'late'; readonly error?: EventsError };

interface Waiting<E> {
  readonly entry: E;
  /** The time until which the entry is tried again, on the clock of `performance`. */
  readonly until: number;
  /** Called before each try. Once it returns false, the entry is late. */
  readonly isWanted: (() => boolean) | undefined;
  readonly settle: (outcome: EntryOutcome) => void;
  tries: number;
}
type Send<E> = (entries: readonly (E & { Id: string })[], signal: AbortSignal) => Promise<BatchResult>;

const NOT_MENTIONED: FailedEntry = { Code: 'NoAnswer', Message: 'the answer of SQS does not mention it' };

/** Hears from a sender whether the queue answers. */
export interface Answered {
  answered(): void;
  /** Called when a request has failed. */
  failed(error: unknown): void;
}

/** Gathers entries into batches. If some fail for a reason that may pass, it sends only those again. */
export class BatchSender<E extends object> {
  readonly #send: Send<E>;
  readonly #connection: Answered;
  readonly #abandoned = new AbortController();
  #waiting: Waiting<E>[] = [];
  /** The entries that wait for another try, with their timers. */
  readonly #delayed = new Map<Waiting<E>, ReturnType<typeof setTimeout>>();
  #requests = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: Send<E>, connection: Answered) {
    this.#send = send;
    this.#connection = connection;
  }

  /**
   * Sends an entry with others. Tries again until `until`, on the clock of `performance`, while the entry is wanted. Never
   * rejects.
   */
  add(entry: E, until: number, isWanted?: () => boolean): Promise<EntryOutcome> {
    return new Promise((settle) => this.#put({ entry, until, isWanted, settle, tries: 0 }));
  }

  /** Gives up all entries as late. They no longer keep the process running. */
  abandon(): void {
    this.#abandoned.abort();
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    const rest = [...this.#waiting.splice(0), ...this.#delayed.keys()];
    this.#delayed.clear();
    for (const { settle } of rest) settle({ is: 'late' });
  }

  #put(waiting: Waiting<E>): void {
    this.#delayed.delete(waiting);
    if (this.#abandoned.signal.aborted) return waiting.settle({ is: 'late' });
    this.#waiting.push(waiting);
    if (this.#waiting.length >= MOST) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), LINGER);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0 && this.#requests < PARALLEL) {
      const batch = this.#waiting.splice(0, MOST).filter(isStillWanted);
      if (batch.length > 0) void this.#request(batch);
    }
  }

  async #request(batch: readonly Waiting<E>[]): Promise<void> {
    this.#requests++;
    try {
      const entries = batch.map(({ entry }, at) => ({ ...entry, Id: String(at) }));
      const signal = AbortSignal.any([AbortSignal.timeout(REQUEST_TIMEOUT), this.#abandoned.signal]);
      const { Successful = [], Failed = [] } = await this.#send(entries, signal);
      this.#connection.answered();
      const accepted = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
      for (const [at, waiting] of batch.entries()) {
        const { Code, Message, SenderFault } = failed.get(String(at)) ?? NOT_MENTIONED;
        if (accepted.has(String(at))) waiting.settle({ is: 'accepted' });
        else this.#failed(waiting, `${Code}: ${Message}`, isSendersFault(Code, SenderFault), undefined);
      }
    } catch (error) {
      if (!this.#abandoned.signal.aborted) this.#connection.failed(error);
      // The request was refused, not this entry. The reason may be fixed before the time is over.
      for (const waiting of batch) this.#failed(waiting, causeOf(error), false, error);
    }
    this.#requests--;
    if (this.#waiting.length > 0) this.#flush();
  }

  #failed(waiting: Waiting<E>, text: string, isFinal: boolean, cause: unknown): void {
    const delay = Math.min(MIN_DELAY * 2 ** waiting.tries++, MAX_DELAY) * (0.5 + Math.random() / 2);
    const isLate = performance.now() + delay > waiting.until || waiting.isWanted?.() === false;
    if (!isFinal && !isLate && !this.#abandoned.signal.aborted)
      return void this.#delayed.set(
        waiting,
        setTimeout(() => this.#put(waiting), delay),
      );
    const error = new EventsError('RECEIVE_FAILED', text, { cause });
    waiting.settle({ is: isFinal ? 'refused' : 'late', error });
  }
}

/** Returns true if an entry is still wanted. Otherwise settles it as late. */
function isStillWanted({ isWanted, settle }: Pick<Waiting<object>, 'isWanted' | 'settle'>): boolean {
  if (isWanted?.() !== false) return true;
  settle({ is: 'late' });
  return false;
}
