import { aCount, milliseconds, readOptions } from '../core/words/options.ts';
import type { DedupeStore } from './types.ts';

/** The options of `memoryDedupe`. */
export interface MemoryDedupeOptions {
  /** How many keys are kept. The oldest goes first. Default: 100,000. */
  max?: number | undefined;
  /** How long a key that is done is kept, in ms. Default: 86,400,000, which is a day. */
  ttl?: number | undefined;
}

interface Entry {
  readonly isDone: boolean;
  /** When the claim ends, or when a done key is forgotten, on the clock of `performance`. */
  readonly until: number;
}

/**
 * A `DedupeStore` in the memory of one process, for tests, and for a queue with one consumer. It forgets everything when
 * the process ends.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { memoryDedupe } from 'trpc-events/queue';
 *
 * const dedupe = memoryDedupe({ max: 10_000 });
 * ```
 */
export function memoryDedupe(options?: MemoryDedupeOptions): DedupeStore {
  const rules = { max: aCount, ttl: milliseconds };
  const { max = 100_000, ttl = 86_400_000 } = readOptions('memoryDedupe', options, rules);
  const entries = new Map<string, Entry>();

  function set(key: string, isDone: boolean, ms: number): void {
    // The key is deleted first, so that the newest one comes last.
    entries.delete(key);
    entries.set(key, { isDone, until: performance.now() + ms });
    if (entries.size <= max) return;
    const [oldest] = entries.keys();
    entries.delete(oldest!);
  }

  return {
    claim(key, leaseMs) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.until > performance.now()) return entry.isDone ? 'done' : 'busy';
      set(key, false, leaseMs);
      return 'run';
    },
    extend(key, leaseMs) {
      if (entries.get(key)?.isDone === false) set(key, false, leaseMs);
    },
    complete: (key) => set(key, true, ttl),
    release(key) {
      if (entries.get(key)?.isDone === false) entries.delete(key);
    },
  };
}
