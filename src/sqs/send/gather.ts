import type { HandleManyOptions } from '../../core/types/handler.ts';
import { EventsError } from '../../core/words/errors.ts';
import { quote } from '../../core/words/quote.ts';
import type { SqsQueue } from '../client/sqs-queue.ts';
import type { Entry } from './entry.ts';
import { explain } from '../client/errors.ts';
import { Groups } from './groups.ts';
import type { SqsSettings } from './options.ts';
import { type Fault, sendBatch } from './send-batch.ts';

/** The limit of SQS. */
const MAX_ENTRIES = 10;

/**
 * Gathers entries of all flushes of a bus into batches, and sends them, a few requests at a time.
 *
 * An entry is ready, in a request, or waits for its next attempt (it has a holder then). On a FIFO queue it may also wait
 * behind another entry of its group, which it leaves only when that one is sent or given up.
 */
export class Gatherer {
  readonly #settings: SqsSettings;
  readonly #queue: SqsQueue;
  readonly #send: HandleManyOptions['send'];
  readonly #groups: Groups | undefined;
  /** Entries that may go, in order. Those that were given up are still among them. */
  readonly #ready: Entry[] = [];
  #requests = 0;
  #isLingering = false;

  constructor(settings: SqsSettings, queue: SqsQueue, send: HandleManyOptions['send']) {
    this.#settings = settings;
    this.#queue = queue;
    this.#send = send;
    this.#groups = settings.isFifo ? new Groups() : undefined;
  }

  add(entries: readonly Entry[]): void {
    // A call that is too late has given up its entries already: they must not move any group.
    for (const entry of entries)
      if (!entry.isOver && this.#groups?.enter(entry) !== false) this.#ready.push(entry);
    this.#sendReady();
  }

  /** Gives entries up that nobody waits for any more. */
  readonly giveUp = (entries: Iterable<Entry>, why: string, cause: unknown): void => {
    for (const entry of entries) {
      const { holder } = entry;
      this.#fail(entry, why, cause ?? entry.lastError);
      holder?.giveUp();
      // A group goes on when the request has ended, or its order could change. An entry behind another is skipped later.
      if (holder?.isRequest !== true && entry.isBehind === false) this.#leave(entry);
    }
    this.#sendReady();
  };

  #sendReady(): void {
    while (this.#requests < this.#settings.parallel) {
      const entries = this.#takeBatch();
      if (entries === undefined) return;
      void this.#request(entries);
    }
  }

  /** Returns the entries of the next request, if it is full, or has waited long enough. */
  #takeBatch(): readonly Entry[] | undefined {
    const entries: Entry[] = [];
    let bytes = 0;
    let end = 0;
    let isFull = false;
    for (; end < this.#ready.length && !isFull; end++) {
      const entry = this.#ready[end]!;
      if (entry.isOver) continue;
      const isApart = entries.length > 0 && (entry.isAlone || entries[0]!.isAlone);
      isFull = isApart || bytes + entry.message.bytes > this.#settings.maxBytes;
      if (isFull) break;
      entries.push(entry);
      bytes += entry.message.bytes;
      isFull = entries.length === MAX_ENTRIES;
    }
    const wait = (entries[0]?.lingersUntil ?? 0) - performance.now();
    if (!isFull && wait > 0) {
      // The timer keeps the process up: what lingers is sent before the process ends by itself.
      if (!this.#isLingering) setTimeout(this.#lingered, wait);
      this.#isLingering = true;
      return undefined;
    }
    this.#ready.splice(0, end);
    return entries.length > 0 ? entries : undefined;
  }

  readonly #lingered = (): void => {
    this.#isLingering = false;
    this.#sendReady();
  };

  async #request(entries: readonly Entry[]): Promise<void> {
    this.#requests++;
    const controller = new AbortController();
    const abort = () => controller.abort(new EventsError('SEND_FAILED', 'nobody waits for it any more'));
    for (const entry of entries) entry.attempts++;
    hold(entries, { isRequest: true, ended: abort });
    const faults = await sendBatch({
      messages: entries.map(({ message }) => message),
      queue: this.#queue,
      send: this.#send,
      controller,
    });
    this.#requests--;
    const later: Entry[] = [];
    for (const [place, entry] of entries.entries()) {
      entry.holder = undefined;
      if (this.#sort(entry, faults[place])) later.push(entry);
    }
    if (later.length > 0) this.#retryLater(later);
    this.#sendReady();
  }

  /** Settles an entry by the outcome of its request. Returns true if it is to be sent again later. */
  #sort(entry: Entry, fault: Fault | undefined): boolean {
    if (!entry.isOver && fault !== undefined) {
      entry.lastError = fault.error;
      if (fault.retry === 'alone') {
        entry.isAlone = true;
        this.#ready.unshift(entry);
        return false;
      }
      if (fault.retry === 'later' && entry.attempts < this.#settings.retry.attempts) return true;
      this.#fail(entry, this.#explain(fault.error), fault.error);
    } else if (!entry.isOver) entry.call.settle(entry);
    this.#leave(entry);
    return false;
  }

  #retryLater(entries: readonly Entry[]): void {
    const { minDelay, maxDelay } = this.#settings.retry;
    const attempts = Math.max(...entries.map((entry) => entry.attempts));
    const delay = Math.min(maxDelay, minDelay * 2 ** Math.min(attempts - 1, 30)) * (1 - Math.random() / 2);
    const next = Date.now() + delay;
    const waiting = entries.filter((entry) => {
      if (next < entry.call.deadline) return true;
      const cause = this.#explain(entry.lastError);
      this.#fail(entry, `${cause}; its deadline leaves no time for another attempt`, entry.lastError);
      this.#leave(entry);
      return false;
    });
    if (waiting.length === 0) return;
    const retry = () => {
      for (const entry of waiting) entry.holder = undefined;
      this.#ready.unshift(...waiting);
      this.#sendReady();
    };
    const timer = setTimeout(retry, delay);
    hold(waiting, { isRequest: false, ended: () => clearTimeout(timer) });
  }

  #fail(entry: Entry, why: string, cause: unknown): void {
    const times = entry.attempts > 1 ? ` (after ${entry.attempts} attempts)` : '';
    const message = `${this.#settings.name} could not send ${quote(entry.message.event.name)}${times}: ${why}`;
    entry.call.settle(entry, new EventsError('SEND_FAILED', message, { cause }));
  }

  #explain(error: unknown): string {
    return explain(error, this.#settings.queueUrl, 'send');
  }

  /** The next entry of a group may go. */
  #leave(entry: Entry): void {
    const next = this.#groups?.next(entry);
    if (next !== undefined) this.#ready.push(next);
  }
}

/** Holds entries. Calls `ended` when all of them are given up. */
function hold(
  entries: readonly Entry[],
  { isRequest, ended }: { readonly isRequest: boolean; readonly ended: () => void },
): void {
  let left = entries.length;
  const giveUp = () => {
    if (--left === 0) ended();
  };
  for (const entry of entries) entry.holder = { isRequest, giveUp };
}
