import type { Flush } from './flush.ts';

/** Flushes in no order: a Set that is added to and deleted from at each call makes itself anew every few times. */
export class FlushList {
  readonly #list: Flush[] = [];

  get length(): number {
    return this.#list.length;
  }

  add(flush: Flush): void {
    if (flush.place >= 0) return;
    flush.place = this.#list.length;
    this.#list.push(flush);
  }

  delete(flush: Flush): void {
    if (flush.place < 0) return;
    const last = this.#list.pop()!;
    if (last !== flush) {
      this.#list[flush.place] = last;
      last.place = flush.place;
    }
    flush.place = -1;
  }

  /** What still runs, in words. */
  describe(): string[] {
    return this.#list.flatMap((flush) => flush.describe());
  }
}
