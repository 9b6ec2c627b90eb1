import type { HandleManyOptions, HandleManyResult } from '../../core/types/handler.ts';
import { isAborted, letGo, listen, reasonOf } from '../../core/words/signals.ts';
import type { Outgoing } from './batch.ts';

/** A request, or the wait for the next one. It ends when nobody waits for any of its entries. */
interface Holder {
  readonly isRequest: boolean;
  /** Tells the holder that one of its entries was given up. */
  giveUp(): void;
}

/** A message on its way, until it is sent or given up. */
export class Entry<M extends Outgoing> {
  readonly message: M;
  readonly call: Call<M>;
  /** The time until which the entry waits for others, by `performance.now()`. */
  readonly lingersUntil: number;
  /** The number of requests that contained the entry. */
  attempts = 0;
  /** True once it is sent or given up. */
  isOver = false;
  /** True if it must have a request of its own. */
  isAlone = false;
  /** Whether it waits behind another entry of its group; `undefined` before it has entered one. */
  isBehind: boolean | undefined = undefined;
  lastError: unknown = undefined;
  holder: Holder | undefined = undefined;

  constructor(message: M, call: Call<M>, lingersUntil: number) {
    this.message = message;
    this.call = call;
    this.lingersUntil = lingersUntil;
  }
}

/** Gives up entries that nobody waits for anymore. */
export type GiveUp<M extends Outgoing> = (entries: Iterable<Entry<M>>, why: string, cause: unknown) => void;

/** How long before its deadline a call ends, in ms, because timers fire late. At most a tenth of the time left. */
const MARGIN = 30;

/** One call of `handleMany`: the entries it waits for, and its deadline. */
export class Call<M extends Outgoing> {
  /** The call's deadline, in ms since 1970. */
  readonly deadline: number;
  readonly done: Promise<HandleManyResult>;
  readonly #signal: AbortSignal;
  readonly #giveUp: GiveUp<M>;
  readonly #open = new Set<Entry<M>>();
  readonly #failures: { readonly id: string; readonly error: unknown }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resolve!: (result: HandleManyResult) => void;

  constructor({ deadline, signal }: Pick<HandleManyOptions, 'deadline' | 'signal'>, giveUp: GiveUp<M>) {
    this.deadline = deadline;
    this.#signal = signal;
    this.#giveUp = giveUp;
    this.done = new Promise((resolve) => (this.#resolve = resolve));
  }

  add(entry: Entry<M>): void {
    this.#open.add(entry);
  }

  fail(id: string, error: unknown): void {
    this.#failures.push({ id, error });
  }

  /** Begins to wait: for the entries that were added, for the deadline, and for an abort. */
  wait(): void {
    if (this.#open.size === 0) return this.#end();
    if (isAborted(this.#signal)) return this.#abort();
    const { left } = this;
    if (left <= 0) return this.#expire();
    if (left < 2 ** 31) this.#timer = setTimeout(this.#expire, left - Math.min(MARGIN, left / 10));
    listen(this.#signal, this.#abort);
  }

  /** The time until the deadline, in ms. */
  get left(): number {
    return this.deadline - Date.now();
  }

  /** Settles an entry that was sent, or that failed with an error. */
  settle(entry: Entry<M>, error?: unknown): void {
    entry.isOver = true;
    if (error !== undefined) this.fail(entry.message.event.id, error);
    this.#open.delete(entry);
    if (this.#open.size === 0) this.#end();
  }

  readonly #expire = (): void => this.#giveUp(this.#open, 'its deadline is over', undefined);

  readonly #abort = (): void => this.#giveUp(this.#open, 'it was aborted', reasonOf(this.#signal));

  #end(): void {
    clearTimeout(this.#timer);
    letGo(this.#signal, this.#abort);
    this.#resolve({ failures: this.#failures });
  }
}
