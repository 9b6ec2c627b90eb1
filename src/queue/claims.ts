import type { DeliveryFailure, ReachedListener } from '../core/types/delivery.ts';
import type { Envelope } from '../core/types/event.ts';
import { quote } from '../core/words/quote.ts';
import { deliveryKey } from './delivery-key.ts';
import type { Claim, DedupeStore, MessageLease } from './types.ts';

/** How much sooner a claim ends than its message comes again, in ms; a tenth of the lease, if that is less. */
const MARGIN = 1000;

/** The claims of one message: which listeners run it now. */
export class Claims {
  readonly #store: DedupeStore;
  readonly #lease: MessageLease;
  readonly #report: (error: unknown) => void;
  /** The keys of the claimed listeners, by their names. */
  readonly #keys = new Map<string, string>();
  /** When the claims end by themselves, on the clock of `performance`. */
  #until = Infinity;

  constructor(store: DedupeStore, lease: MessageLease, report: (error: unknown) => void) {
    this.#store = store;
    this.#lease = lease;
    this.#report = report;
  }

  /**
   * Claims the listeners of an event, one after the other. Returns false, and keeps no claim, if another process has
   * claimed one of them, or if the store fails.
   */
  async take(event: Envelope, listeners: readonly ReachedListener[]): Promise<boolean> {
    this.#lease.extended = (left) => this.#extend(left);
    for (const { name } of listeners) {
      if (!(await this.#claim(deliveryKey(event, name), name))) {
        await this.releaseAll();
        return false;
      }
    }
    return true;
  }

  /** Returns false if nobody may run the listener now. */
  async #claim(key: string, name: string): Promise<boolean> {
    // A claim lasts for the rest of the lease as it is now, because earlier claims took some of it.
    const ms = claimFor(this.#lease.ms);
    this.#until = performance.now() + ms;
    try {
      const answer = this.#store.claim(key, ms);
      const claim = await this.#inTime(answer, () => void this.#releaseLate(answer, key));
      if (claim === 'run') this.#keys.set(name, key);
      else if (claim !== 'done' && claim !== 'busy') throw new Error(BAD_CLAIM + quote(claim));
      return claim !== 'busy';
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /** The names of the listeners to run. */
  get listeners(): readonly string[] {
    return [...this.#keys.keys()];
  }

  #extend(left: number): void {
    const ms = claimFor(left);
    this.#until = performance.now() + ms;
    void this.#each((key) => this.#store.extend(key, ms));
  }

  /** Completes the listeners that have succeeded, with all that they chained, and releases the others. */
  async settle(failures: readonly DeliveryFailure[]): Promise<void> {
    const failed = new Set(failures.map(({ via }) => via));
    // A failure that goes back to no listener counts for the whole message.
    const isDone = (name: string) => !failed.has(name) && !failed.has(undefined);
    this.#lease.extended = undefined;
    await this.#each((key, name) => (isDone(name) ? this.#store.complete(key) : this.#release(key)));
  }

  async releaseAll(): Promise<void> {
    this.#lease.extended = undefined;
    await this.#each((key) => this.#release(key));
  }

  /** Releases a claim, unless it has ended by itself, because another process may have it by now. */
  #release(key: string): unknown {
    return performance.now() < this.#until ? this.#store.release(key) : undefined;
  }

  async #each(call: (key: string, name: string) => unknown): Promise<void> {
    for (const [name, key] of this.#keys) {
      try {
        await this.#inTime(call(key, name));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** Releases a claim that the store made too late, when nobody waits for it anymore. */
  async #releaseLate(answer: Claim | PromiseLike<Claim>, key: string): Promise<void> {
    try {
      if ((await answer) === 'run') await this.#store.release(key);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Waits for the store, but not for longer than the message is hidden: a store that hangs must not hold it forever. */
  async #inTime<T>(answer: T, tooLate?: () => void): Promise<Awaited<T>> {
    const ms = Math.max(this.#lease.ms, MARGIN);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        tooLate?.();
        reject(new Error(`The dedupe store has not answered for ${Math.round(ms)} ms`));
      }, ms);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const BAD_CLAIM = "claim of the dedupe store must return 'run', 'done' or 'busy', and returned ";

/** Returns how long to claim for, in ms, so that the claim has ended when its message comes again. */
function claimFor(left: number): number {
  return Math.max(Math.floor(left - Math.min(MARGIN, left / 10)), 1);
}

/** Says which listener can't be recognized when its event comes again; `undefined` if all can. */
export function whyNotRecognized(listeners: readonly ReachedListener[]): string | undefined {
  const unnamed = listeners.find(({ isNamed }) => !isNamed);
  return unnamed === undefined
    ? undefined
    : `dedupe needs listeners with a given name, because a derived name may change, and ${quote(unnamed.name)} has none. Register it by .on(pattern, listener, { name }).`;
}
