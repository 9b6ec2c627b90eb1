import type { DeliveryFailure, ReachedListener } from '../core/types/delivery.ts';
import type { Envelope } from '../core/types/event.ts';
import { EventsError } from '../core/words/errors.ts';
import { quote } from '../core/words/quote.ts';
import { deliveryKey } from './delivery-key.ts';
import type { DedupeStore, MessageLease } from './types.ts';

/** The claims of one message: which listeners run it now. */
export class Claims {
  readonly #store: DedupeStore;
  readonly #report: (error: unknown) => void;
  /** The keys of the claimed listeners, by their names. */
  readonly #keys = new Map<string, string>();
  #isBusy = false;

  constructor(store: DedupeStore, report: (error: unknown) => void) {
    this.#store = store;
    this.#report = report;
  }

  /**
   * Claims the listeners of an event, one after the other. Returns false, and keeps no claim, if another process is about to
   * run one of them, or if the store fails.
   */
  async take(event: Envelope, listeners: readonly ReachedListener[], lease: MessageLease): Promise<boolean> {
    try {
      for (const { name } of listeners) {
        const key = deliveryKey(event, name);
        const claim = await this.#store.claim(key, lease.ms);
        if (claim === 'run') this.#keys.set(name, key);
        this.#isBusy ||= claim === 'busy';
        if (this.#isBusy) break;
      }
    } catch (error) {
      this.#report(error);
      this.#isBusy = true;
    }
    if (this.#isBusy) await this.releaseAll();
    else lease.extended = (ms) => void this.#each((key) => this.#store.extend(key, ms));
    return !this.#isBusy;
  }

  /** The names of the listeners to run. */
  get listeners(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Completes the listeners that have succeeded, with all that they chained, and releases the others. */
  async settle(failures: readonly DeliveryFailure[]): Promise<void> {
    const failed = new Set(failures.map(({ via }) => via));
    // A failure that goes back to no listener is one of the whole message.
    const isDone = (name: string) => !failed.has(name) && !failed.has(undefined);
    await this.#each((key, name) => (isDone(name) ? this.#store.complete(key) : this.#store.release(key)));
  }

  releaseAll(): Promise<void> {
    return this.#each((key) => this.#store.release(key));
  }

  async #each(call: (key: string, name: string) => unknown): Promise<void> {
    for (const [name, key] of this.#keys) {
      try {
        await call(key, name);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}

/** @throws EventsError `BAD_OPTION` if a listener has no name of its own, by which it could be recognized */
export function assertNamed(consumer: string, listeners: readonly ReachedListener[]): void {
  const unnamed = listeners.find(({ isNamed }) => !isNamed);
  if (unnamed === undefined) return;
  throw new EventsError(
    'BAD_OPTION',
    `${consumer}: dedupe needs listeners with a given name, because a derived name may change, and ${quote(unnamed.name)} has none. Register it by .on(pattern, listener, { name }).`,
  );
}
