import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { anObject, aSignal, readOptions } from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';
import { isAborted, letGo, listen } from '../core/words/signals.ts';
import type { Entry } from '../story/entry.ts';
import type { Memory } from './memory/memory.ts';
import type { Root } from './memory/root.ts';

/** The options of `inspector.follow`. */
export interface FollowOptions {
  /**
   * Selects calls, each with everything that it led to, by an entry that has these values: `path`, `process`, `name` and
   * `key` of an event, `listener`, `correlationId`, or a part of the meta, such as `'meta.click'`. Default: all.
   */
  where?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The `id` of the last entry that the reader has. Default: none, which begins with the oldest entry that is kept. */
  after?: string | undefined;
  /** Ends the iteration when it aborts. Default: none. */
  signal?: AbortSignal | undefined;
}

const FIELDS = ['path', 'process', 'name', 'key', 'listener', 'correlationId'];

/** Yields the entries that are kept, and then those to come. */
export async function* follow(
  memory: Memory,
  options: FollowOptions | undefined,
): AsyncGenerator<Entry, void> {
  const { where, after, signal } = readOptions<FollowOptions>('inspector.follow', options, {
    where: anObject,
    after: { ok: (v) => typeof v === 'string', words: 'the id of an entry' },
    signal: aSignal,
  });
  const selection = where === undefined ? undefined : new Selection(where);
  let place = memory.placeOf(after);
  selection?.skip(memory, place);
  let wake = () => {};
  const woken = () => wake();
  const stop = memory.onEntry(woken);
  listen(signal, woken);
  try {
    while (!isAborted(signal)) {
      // News may come while the reader is still busy with these entries.
      const news = new Promise<void>((resolve) => (wake = resolve));
      for (const { n, root, entry } of memory.after(place)) {
        if (isAborted(signal)) return;
        place = n;
        if (selection === undefined) yield entry;
        else yield* selection.take(memory, root, entry, n);
      }
      await news;
    }
  } finally {
    stop();
    letGo(signal, woken);
  }
}

/** Selects whole calls by one of their entries. */
class Selection {
  readonly #wanted: readonly (readonly [string, string])[];
  readonly #roots = new WeakSet<Root>();

  /** @throws EventsError `BAD_OPTION` */
  constructor(where: Readonly<Record<string, unknown>>) {
    this.#wanted = Object.entries(where).map(([key, value]) => [key, String(value)]);
    const unknown = this.#wanted.find(([key]) => !FIELDS.includes(key) && !key.startsWith('meta.'));
    if (unknown === undefined) return;
    const known = `${FIELDS.join(', ')} and parts of the meta, such as "meta.tenant"`;
    throw new EventsError('BAD_OPTION', `inspector.follow: where knows ${known}, not ${quote(unknown[0])}.`);
  }

  /** Remembers the calls that were selected by an entry that the reader already has. */
  skip(memory: Memory, place: number): void {
    if (place === 0) return;
    for (const { n, root, entry } of memory.after(0)) {
      if (n > place) return;
      if (!this.#roots.has(root) && this.#selects(entry)) this.#roots.add(root);
    }
  }

  /** Yields an entry of a selected call. The entry that selects a call brings the call's earlier entries with it. */
  *take(memory: Memory, root: Root, entry: Entry, n: number): Generator<Entry> {
    if (this.#roots.has(root)) yield entry;
    else if (this.#selects(entry)) {
      this.#roots.add(root);
      yield* memory.of(root, n);
    }
  }

  #selects(entry: Entry): boolean {
    const fields = entry as unknown as Readonly<Record<string, unknown>>;
    let meta: unknown;
    return this.#wanted.every(([key, value]) => {
      if (!key.startsWith('meta.')) return fields[key] === value;
      meta ??= readMeta(fields['meta']);
      return String(partOf(meta, key)) === value;
    });
  }
}

/** Reads the meta of an entry. A meta that was left out, such as one that is too long, has no parts. */
function readMeta(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

function partOf(meta: unknown, path: string): unknown {
  let part = meta;
  for (const key of path.split('.').slice(1))
    part = isObject(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  return part;
}
