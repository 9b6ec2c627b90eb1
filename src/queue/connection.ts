import { EventsError } from '../core/words/errors.ts';
import { causeOf } from '../core/words/quote.ts';
import type { ReceivingBus } from './types.ts';

const MIN_DELAY = 100;
const MAX_DELAY = 10_000;

/** Tracks whether a consumer's broker answers. Reports when it stops answering, and when it answers again. */
export class Connection {
  readonly #bus: Pick<ReceivingBus, 'report'>;
  readonly #name: string;
  /** Says what was wrong with a request, and how to fix it. */
  readonly explain: (error: unknown) => string;
  /** How many polls have failed since one was answered. */
  #failures = 0;
  /** When the broker stopped answering, on the clock of `performance`, or `undefined` while it answers. */
  #downSince: number | undefined;
  /** When the broker last answered without an error. */
  lastAnswer: Date | undefined;
  lastError: string | undefined;

  constructor(
    bus: Pick<ReceivingBus, 'report'>,
    name: string,
    explain: (error: unknown) => string = causeOf,
  ) {
    this.#bus = bus;
    this.#name = name;
    this.explain = explain;
  }

  get isUp(): boolean {
    return this.#downSince === undefined;
  }

  /** Records an answer to a poll, even an empty one. */
  answered(): void {
    this.#failures = 0;
    this.#sawAnswer();
  }

  /** Records an answer to another request. This doesn't end an outage of the polls, which may have its own reason. */
  sawAnswer(): void {
    if (this.#failures === 0) this.#sawAnswer();
    else this.lastAnswer = new Date();
  }

  #sawAnswer(): void {
    this.lastAnswer = new Date();
    if (this.#downSince === undefined) return;
    const seconds = Math.round((performance.now() - this.#downSince) / 1000);
    this.#downSince = undefined;
    const text = `${this.#name}: the broker answers again, after ${seconds} s.`;
    this.#bus.report(new EventsError('RECEIVE_RESUMED', text));
  }

  /** Records a failed request other than a poll. `isDown` says that nobody answers at all. */
  sawError(error: unknown, isDown: boolean): void {
    this.lastError = this.explain(error);
    if (!isDown || !this.isUp) return;
    this.#downSince = performance.now();
    const text = `${this.#name} gets no messages: ${this.lastError}. It tries again, at least every ${MAX_DELAY / 1000} s.`;
    this.#bus.report(new EventsError('RECEIVE_FAILED', text, { cause: error }));
  }

  /** Records a failed poll. Resolves when the next try is due, or when the signal aborts. */
  async failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.sawError(error, true);
    const longest = Math.min(MIN_DELAY * 2 ** this.#failures, MAX_DELAY);
    this.#failures++;
    // Jitter keeps workers that lost their broker together from coming back together.
    await pause(Math.max(longest * (0.5 + Math.random() / 2), MIN_DELAY), signal);
  }
}

/** Resolves after a time, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
