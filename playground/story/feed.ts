import { shared } from '../server/shared.ts';
import { isOf, type Entry, type Notice } from './entry.ts';

interface Kept {
  readonly id: string;
  readonly entry: Entry;
}
interface Told {
  /** That of the last entry: a reader who comes back names it. */
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
  /** The last one counts. */
  #notice: Notice | undefined;

  push(entry: Entry): void {
    this.#kept.push({ id: String(++this.#lastId), entry });
    if (this.#kept.length > KEPT) this.#kept.shift();
    this.#wake();
  }

  /** Tells every reader, and whoever comes until the next notice. */
  announce(notice: Notice): void {
    this.#notice = notice;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#readers) wake();
  }

  /** The entries of a visitor, those that are kept and those to come, and notices. */
  async *follow(visitor: string, { after, signal }: FollowOptions): AsyncGenerator<Told> {
    let seen = Number(after ?? 0);
    let noticed: Notice | undefined;
    let news = Promise.withResolvers<void>();
    const wake = () => {
      news.resolve();
      news = Promise.withResolvers();
    };
    this.#readers.add(wake);
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        if (signal?.aborted) return;
        const { promise } = news;
        const fresh = this.#kept.slice(this.#indexAfter(seen));
        seen = this.#lastId;
        yield* fresh.filter(({ entry }) => isOf(visitor, entry.click));
        if (this.#notice !== undefined && this.#notice !== noticed)
          yield { id: String(seen), entry: (noticed = this.#notice) };
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
