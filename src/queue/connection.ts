import { EventsError } from '../core/words/errors.ts';
import { causeOf } from '../core/words/quote.ts';
import type { ReceivingBus } from './types.ts';

const MIN_DELAY = 100;
const MAX_DELAY = 10_000;

/** Whether the broker of a consumer answers. Reports when it stops to, and when it does again. */
export class Connection {
  readonly #bus: Pick<ReceivingBus, 'report'>;
  readonly #name: string;
  /** Says what was wrong with a request, and how to fix it. */
  readonly explain: (error: unknown) => string;
  /** How often it has failed since it last answered. */
  #failures = 0;
  /** When it failed first since then, on the clock of `performance`. */
  #since = 0;
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
    return this.#failures === 0;
  }

  /** Call it for each answer, even an empty one. */
  answered(): void {
    this.lastAnswer = new Date();
    if (this.isUp) return;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    const tries = this.#failures;
    this.#failures = 0;
    this.#bus.report(
      new EventsError(
        'RECEIVE_RESUMED',
        `${this.#name}: the broker answers again, after ${seconds} s and ${tries} failed tries.`,
      ),
    );
  }

  /** Call it for each request that failed. Resolves when the next try is due, or when the signal aborts. */
  async failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.lastError = this.explain(error);
    if (this.isUp) {
      this.#since = performance.now();
      this.#bus.report(
        new EventsError(
          'RECEIVE_FAILED',
          `${this.#name} gets no messages: ${this.lastError}. It tries again, at least every ${MAX_DELAY / 1000} s.`,
          { cause: error },
        ),
      );
    }
    const longest = Math.min(MIN_DELAY * 2 ** this.#failures, MAX_DELAY);
    this.#failures++;
    // Jitter, so that workers that lost their broker together don't come back together.
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
