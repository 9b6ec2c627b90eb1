import { accessDenied, badValue, internal, SqsError, throttled } from './errors.ts';
import type { Entry, Input } from './types.ts';
import { gate } from '../../setup/async.ts';

/**
 * A fault of a request. `drop` ends its connection: before the server has accepted anything, or after that, so that only
 * the response is lost.
 */
export type RequestFault = keyof typeof ERRORS | 'drop before' | 'drop after';
/** `transient` is a fault of the server, `final` one of the sender. */
export type EntryFault = 'transient' | 'final';
export type JudgeEntry = (entry: Entry, operation: string) => EntryFault | undefined;

const ERRORS = {
  throttle: throttled,
  'error 500': internal,
  'access denied': accessDenied,
  /** The error of a batch that is refused because of one of its entries. */
  'bad value': () => badValue('made to fail'),
};

/** Faults on demand. A function that adds a lasting fault returns a function that removes it. */
export class Faults {
  #requests: { readonly operation: string; readonly fault: RequestFault; left: number }[] = [];
  readonly #judges = new Set<JudgeEntry>();
  readonly #holds = new Set<{
    readonly matches: (entry: Entry) => boolean;
    readonly released: Promise<void>;
  }>();
  #paused: Promise<void> | undefined;

  /** Makes the next requests of an operation fail. */
  failNext(operation: string, fault: RequestFault, times = 1): void {
    this.#requests.push({ operation, fault, left: times });
  }

  /** Makes entries of batches fail. */
  failEntries(judge: JudgeEntry): () => void {
    this.#judges.add(judge);
    return () => void this.#judges.delete(judge);
  }

  /** Holds each request with a matching entry, before it is accepted, until the returned function is called. */
  hold(matches: (entry: Entry) => boolean): () => void {
    const { promise, open } = gate();
    const hold = { matches, released: promise };
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
      open();
    };
  }

  /** Makes every request wait until the returned function is called. The state is kept. */
  pause(): () => void {
    const { promise, open } = gate();
    this.#paused = promise;
    return () => {
      this.#paused = undefined;
      open();
    };
  }

  clear(): void {
    this.#requests = [];
    this.#judges.clear();
  }

  /** Resolves when the request may go on. */
  async whenFree({ Entries = [] }: Input): Promise<void> {
    await this.#paused;
    const holds = [...this.#holds].filter(({ matches }) => Entries.some(matches));
    await Promise.all(holds.map(({ released }) => released));
  }

  /** Returns the fault of a request, and counts it. */
  take(operation: string): RequestFault | undefined {
    const found = this.#requests.find((request) => request.operation === operation && request.left > 0);
    if (found === undefined) return undefined;
    found.left--;
    return found.fault;
  }

  /** @throws SqsError if the fault is an answer */
  throwIfAnswer(fault: RequestFault | undefined): void {
    if (fault !== undefined && fault in ERRORS) throw ERRORS[fault as keyof typeof ERRORS]();
  }

  /** @throws SqsError if a judge makes the entry fail */
  throwIfJudged(entry: Entry, operation: string): void {
    for (const judge of this.#judges) {
      const fault = judge(entry, operation);
      if (fault === 'transient') throw internal();
      if (fault === 'final') throw new SqsError('InvalidParameterValue', 'made to fail');
    }
  }
}
