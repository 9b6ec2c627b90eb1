import { shared } from '../server/shared.ts';
import { isFor, type Entry, type Notice } from './entry.ts';

interface Kept {
  readonly id: string;
  readonly entry: Entry | Notice;
}
interface FollowOptions {
  /** The last entry that the reader has. */
  after: string | null | undefined;
  signal: AbortSignal | undefined;
}

/** How many entries are kept for readers that come, or come back. */
const KEPT = 5000;

/** What happened lately, for whoever reads. */
class Feed {
  readonly #kept: Kept[] = [];
  readonly #readers = new Set<() => void>();
  #lastId = 0;
  /** The last notice: a reader who comes later is told it first. */
  #notice: Notice | undefined;

  announce(notice: Notice): void {
    this.#notice = notice;
    this.push(notice);
  }

  push(entry: Entry | Notice): void {
    this.#kept.push({ id: String(++this.#lastId), entry });
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const wake of this.#readers) wake();
  }

  /** The entries of a visitor: those that are kept, and those to come. */
  async *follow(visitor: string, { after, signal }: FollowOptions): AsyncGenerator<Kept> {
    let seen = Number(after ?? 0);
    let news = Promise.withResolvers<void>();
    const wake = () => {
      news.resolve();
      news = Promise.withResolvers();
    };
    this.#readers.add(wake);
    signal?.addEventListener('abort', wake);
    try {
      if (this.#notice !== undefined) yield { id: String(seen), entry: this.#notice };
      for (;;) {
        if (signal?.aborted) return;
        const { promise } = news;
        const fresh = this.#kept.slice(this.#indexAfter(seen));
        seen = this.#lastId;
        yield* fresh.filter(({ entry }) => isFor(visitor, entry));
        await promise;
      }
    } finally {
      this.#readers.delete(wake);
      signal?.removeEventListener('abort', wake);
    }
  }

  /** An id from before a restart counts as none. */
  #indexAfter(id: number): number {
    return id > this.#lastId ? 0 : Math.max(0, this.#kept.length - (this.#lastId - id));
  }
}

export const feed = shared('feed', () => new Feed());
