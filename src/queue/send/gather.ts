import { EventsError } from '../../core/words/errors.ts';
import { quote } from '../../core/words/quote.ts';
import type { Fault, Outgoing, SendBatch } from './batch.ts';
import type { Entry, GiveUp } from './entry.ts';
import { Groups } from './groups.ts';

/** The limits of a broker, and the way to send to it. */
export interface GatherSettings<M extends Outgoing> {
  /** The forwarder's name. */
  readonly name: string;
  /** The limits of a request. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Maximum number of requests at a time. */
  readonly parallel: number;
  readonly retry: { readonly attempts: number; readonly minDelay: number; readonly maxDelay: number };
  /** Returns the group of a message. Each group has only one message on its way at a time. Default: no groups. */
  readonly groupOf?: ((message: M) => string) | undefined;
  /** True if entries that wait for their next attempt hold up those behind them. `parallel` must be 1 then. */
  readonly isOrdered?: boolean;
  /**
   * True if the broker takes either all messages of a request or none. Failed messages then share no request with new ones,
   * because one of them may be the reason.
   */
  readonly isAllOrNothing?: boolean;
  readonly sendBatch: SendBatch<M>;
  /** Says what was wrong with a request, and how to fix it. */
  explain(error: unknown): string;
  /** Called when there is nothing to send anymore. */
  idle?(): void;
}

/**
 * Gathers entries of all flushes of a bus into batches, and sends them, a few requests at a time.
 *
 * An entry is ready, in a request, or waits for its next attempt. In the last two cases it has a holder. With groups it may
 * wait behind another entry of its group, until that one is sent or given up.
 */
export class Gatherer<M extends Outgoing> {
  readonly #settings: GatherSettings<M>;
  readonly #groups: Groups<M> | undefined;
  /** Entries that may go, in order. Those that were given up are still among them. */
  readonly #ready: Entry<M>[] = [];
  #requests = 0;
  #isLingering = false;

  constructor(settings: GatherSettings<M>) {
    this.#settings = settings;
    this.#groups = settings.groupOf && new Groups(settings.groupOf);
  }

  add(entries: readonly Entry<M>[]): void {
    // A late call has already given up its entries, which must not enter a group.
    for (const entry of entries)
      if (!entry.isOver && this.#groups?.enter(entry) !== false) this.#ready.push(entry);
    this.#sendReady();
  }

  /** Gives up entries that nobody waits for anymore. */
  readonly giveUp: GiveUp<M> = (entries, why, cause) => {
    for (const entry of entries) {
      const { holder, lastError } = entry;
      const reason = lastError === undefined ? why : `${why}, and before: ${this.#explain(lastError)}`;
      this.#fail(entry, reason, cause ?? lastError);
      holder?.giveUp();
      // A group must wait until its request has ended, or its order could change. An entry behind another is skipped later.
      if (holder?.isRequest !== true && entry.isBehind === false) this.#leave(entry);
    }
    this.#sendReady();
  };

  #sendReady(): void {
    while (this.#requests < this.#settings.parallel) {
      const entries = this.#takeBatch();
      if (entries === undefined) break;
      void this.#request(entries);
    }
    if (this.#requests === 0 && this.#ready.length === 0) this.#settings.idle?.();
  }

  /** Returns the entries of the next request, if it is full, or has waited long enough. */
  #takeBatch(): readonly Entry<M>[] | undefined {
    const { maxEntries, maxBytes } = this.#settings;
    const entries: Entry<M>[] = [];
    let bytes = 0;
    let end = 0;
    let isFull = false;
    for (; end < this.#ready.length && !isFull; end++) {
      const entry = this.#ready[end]!;
      if (entry.isOver) continue;
      const [first] = entries;
      isFull = (first !== undefined && this.#isApart(first, entry)) || bytes + entry.message.bytes > maxBytes;
      if (isFull) break;
      entries.push(entry);
      bytes += entry.message.bytes;
      isFull = entries.length === maxEntries;
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

  /** Returns true if two entries must not share a request. */
  #isApart(first: Entry<M>, entry: Entry<M>): boolean {
    if (first.isAlone || entry.isAlone) return true;
    return this.#settings.isAllOrNothing === true && first.attempts > 0 !== entry.attempts > 0;
  }

  readonly #lingered = (): void => {
    this.#isLingering = false;
    this.#sendReady();
  };

  async #request(entries: readonly Entry<M>[]): Promise<void> {
    this.#requests++;
    const controller = new AbortController();
    const abort = () => controller.abort(new EventsError('SEND_FAILED', 'nobody waits for it any more'));
    for (const entry of entries) entry.attempts++;
    hold(entries, { isRequest: true, ended: abort });
    const faults = await this.#settings.sendBatch({
      messages: entries.map(({ message }) => message),
      deadline: Math.max(...entries.map(({ call }) => call.deadline)),
      controller,
    });
    this.#requests--;
    const later: Entry<M>[] = [];
    const alone: Entry<M>[] = [];
    for (const [place, entry] of entries.entries()) {
      entry.holder = undefined;
      const retry = this.#sort(entry, faults[place]);
      if (retry !== undefined) (retry === 'later' ? later : alone).push(entry);
    }
    this.#ready.unshift(...alone);
    if (later.length > 0) this.#retryLater(later);
    this.#sendReady();
  }

  /** Settles an entry by the outcome of its request. Returns how to send it again, if it should be. */
  #sort(entry: Entry<M>, fault: Fault | undefined): Fault['retry'] {
    if (!entry.isOver && fault !== undefined) {
      entry.lastError = fault.error;
      if (fault.retry === 'alone') {
        entry.isAlone = true;
        return 'alone';
      }
      if (fault.retry === 'later' && entry.attempts < this.#settings.retry.attempts) return 'later';
      this.#fail(entry, this.#explain(fault.error), fault.error);
    } else if (!entry.isOver) entry.call.settle(entry);
    this.#leave(entry);
    return undefined;
  }

  #retryLater(entries: readonly Entry<M>[]): void {
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
    // An ordered wait counts as a request, so that later entries wait too.
    const places = this.#settings.isOrdered === true ? 1 : 0;
    this.#requests += places;
    const retry = () => {
      this.#requests -= places;
      for (const entry of waiting) entry.holder = undefined;
      this.#ready.unshift(...waiting);
      this.#sendReady();
    };
    const timer = setTimeout(retry, delay);
    const ended = () => {
      clearTimeout(timer);
      this.#requests -= places;
    };
    hold(waiting, { isRequest: false, ended });
  }

  #fail(entry: Entry<M>, why: string, cause: unknown): void {
    const times = entry.attempts > 1 ? ` (after ${entry.attempts} attempts)` : '';
    const message = `${this.#settings.name} could not send ${quote(entry.message.event.name)}${times}: ${why}`;
    entry.call.settle(entry, new EventsError('SEND_FAILED', message, { cause }));
  }

  #explain(error: unknown): string {
    return this.#settings.explain(error);
  }

  /** Lets the next entry of a group go. */
  #leave(entry: Entry<M>): void {
    const next = this.#groups?.next(entry);
    if (next !== undefined) this.#ready.push(next);
  }
}

/** Holds entries. Calls `ended` when all of them are given up. */
function hold<M extends Outgoing>(
  entries: readonly Entry<M>[],
  { isRequest, ended }: { readonly isRequest: boolean; readonly ended: () => void },
): void {
  let left = entries.length;
  const giveUp = () => {
    if (--left === 0) ended();
  };
  for (const entry of entries) entry.holder = { isRequest, giveUp };
}
