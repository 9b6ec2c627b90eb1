import type { Entry, ErrorText, Happened, PayloadText } from '../../story/entry.ts';
import { Root, type Kept, type Stored } from './root.ts';

/** The bytes that an entry takes with its ids and names, measured in Node 24. Texts without a bound are counted on top. */
const ENTRY_BYTES = 500;
/** The part of `maxBytes` that one call may take, and the number of events that it may have. */
const PART_OF_A_CALL = 1 / 4;
const MOST_EVENTS = 1000;
/** The most entries that a reader collects in one pass over the calls. */
const WINDOW = 4096;

export interface Bounds {
  /** The number of calls. */
  readonly capacity: number;
  readonly maxBytes: number;
}

/**
 * The latest calls, each with all that came of it. The oldest call is dropped first. Most of the time nobody reads, so adding
 * and dropping cost little, and each reader puts the entries of all calls in order.
 */
export class Memory {
  bounds: Bounds;
  /** How many calls are gone. */
  gone = 0;
  /** How often it was cleared: readers then clear what they have. */
  cleared = 0;
  #run: string | undefined;
  #bytes = 0;
  #last = 0;
  /** The calls, from the one at `#oldest` on. A Set would have to pass by all that were dropped. */
  #roots: Root[] = [];
  #oldest = 0;
  /** The calls, by the ids of the calls and attempts that belong to them. */
  readonly #byId = new Map<string, Root>();
  readonly #events = new Map<string, Kept>();
  /** The events that the last clear has removed. */
  #clearedEvents: ReadonlySet<string> = new Set();
  readonly #waiting = new Set<() => void>();

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  /**
   * Returns a name that tells the entries, calls and attempts of this process from those of others and of its earlier runs.
   * The name is made late, because Cloudflare has no random numbers while modules are loaded, when inspectors are made.
   */
  get run(): string {
    return (this.#run ??= newRun());
  }

  wasCleared(event: string): boolean {
    return this.#clearedEvents.has(event);
  }

  get last(): number {
    return this.#last;
  }

  get calls(): number {
    return this.#roots.length - this.#oldest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Finds the call that a call or an attempt belongs to. */
  rootOf(id: string | undefined): Root | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  rootOfEvent(id: string | undefined): Root | undefined {
    return id === undefined ? undefined : this.#events.get(id)?.root;
  }

  /** Begins a root that other entries may belong to. */
  begin(): Root {
    const root = new Root(this.idAt(this.#last + 1));
    this.#roots.push(root);
    while (this.calls > this.bounds.capacity) this.#dropOldest();
    return root;
  }

  /** Links a call to its root. Returns false if there is no room, and then the call's id stays unknown. */
  link(root: Root, id: string, happened: Pick<Happened, 'at' | 'process'>): boolean {
    const hasRoom = this.#grow(root, happened);
    if (hasRoom) this.alias(root, id);
    return hasRoom;
  }

  /** Like `link`, for an event. */
  linkEvent(root: Root, id: string, happened: Pick<Happened, 'at' | 'process'>): boolean {
    if (!this.#grow(root, happened)) return false;
    const kept = { id, root, payload: undefined };
    this.#events.set(id, kept);
    root.events.push(kept);
    return true;
  }

  /** Links an id to its root without counting it, as for an attempt on an event. */
  alias(root: Root, id: string): void {
    this.#byId.set(id, root);
    root.aliases.push(id);
  }

  /** Returns true if a call has room for another entry that may be left out. */
  hasRoom(root: Root): boolean {
    return root.bytes <= this.bounds.maxBytes * PART_OF_A_CALL;
  }

  put(root: Root, happened: Happened, isOwn = true): void {
    if (root.isGone) return;
    root.entries.push({ n: ++this.#last, root, happened, isOwn });
    this.#count(root, ENTRY_BYTES + lengthOf(happened) + root.secrets.takeSize());
    this.#wake();
  }

  /** Keeps the payload of an event. */
  keep(event: string, payload: PayloadText): void {
    const kept = this.#events.get(event);
    if (kept === undefined || kept.payload !== undefined) return;
    kept.payload = payload;
    const isWide = /[\u0100-\uffff]/.test(payload.text);
    this.#count(kept.root, 100 + payload.text.length * (isWide ? 2 : 1));
  }

  payloadOf(event: string): PayloadText | undefined {
    const kept = this.#events.get(event);
    if (kept?.payload === undefined) return undefined;
    // Later payloads of the call may have said what must be hidden in this one.
    return { text: kept.root.secrets.scrubJson(kept.payload.text), isCut: kept.payload.isCut };
  }

  *payloads(): Generator<readonly [string, PayloadText]> {
    for (const id of this.#events.keys()) {
      const payload = this.payloadOf(id);
      if (payload !== undefined) yield [id, payload];
    }
  }

  /** Yields the entries after the `n`-th, as they are now. */
  *after(n: number): Generator<{ readonly n: number; readonly root: Root; readonly entry: Entry }> {
    for (let from = n; from < this.#last; from += WINDOW) {
      const found: Stored[] = [];
      for (let i = this.#oldest; i < this.#roots.length; i++) collect(this.#roots[i]!.entries, from, found);
      found.sort((a, b) => a.n - b.n);
      for (const stored of found) if (!stored.root.isGone) yield this.#told(stored);
    }
  }

  /** Yields the first entries of a call, up to the `n`-th entry of all calls. */
  *of(root: Root, n: number): Generator<Entry> {
    for (const stored of root.entries) {
      if (root.isGone || stored.n > n) return;
      yield this.#told(stored).entry;
    }
  }

  /** Returns the number of the last entry that a reader has seen, or 0 if the reader saw another run of the process. */
  placeOf(after: string | undefined): number {
    const [run, n] = (after ?? '').split('.');
    const place = Number(n);
    return run === this.run && Number.isInteger(place) && place >= 0 && place <= this.#last ? place : 0;
  }

  idAt(n: number): string {
    return `${this.run}.${n}`;
  }

  /** Calls a function for each new entry. Returns the function that stops this. */
  onEntry(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  clear(): void {
    this.#clearedEvents = new Set(this.#events.keys());
    while (this.calls > 0) this.#dropOldest();
    this.gone = 0;
    this.cleared++;
    this.#wake();
  }

  #told({ n, root, happened, isOwn }: Stored) {
    const entry: Record<string, unknown> = { id: this.idAt(n), root: root.id };
    for (const [key, value] of Object.entries(happened)) {
      if (value !== undefined) entry[key] = isOwn && OWN_IDS.has(key) ? `${this.run}-${value}` : value;
    }
    return { n, root, entry: entry as unknown as Entry };
  }

  #wake(): void {
    if (this.#waiting.size > 0) for (const wake of this.#waiting) wake();
  }

  /** Counts a call or an event, if its root has room for it. */
  #grow(root: Root, { at, process }: Pick<Happened, 'at' | 'process'>): boolean {
    if (root.size <= MOST_EVENTS && this.hasRoom(root)) {
      root.size++;
      return true;
    }
    if (!root.isFull) this.put(root, { kind: 'full', at, process });
    root.isFull = true;
    return false;
  }

  #count(root: Root, bytes: number): void {
    root.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.bounds.maxBytes && this.calls > 1) this.#dropOldest();
  }

  #dropOldest(): void {
    const root = this.#roots[this.#oldest++]!;
    if (this.#oldest > this.calls) {
      this.#roots = this.#roots.slice(this.#oldest);
      this.#oldest = 0;
    }
    root.isGone = true;
    for (const id of root.aliases) if (this.#byId.get(id) === root) this.#byId.delete(id);
    for (const kept of root.events) if (this.#events.get(kept.id) === kept) this.#events.delete(kept.id);
    this.#bytes -= root.bytes;
    this.gone++;
  }
}

/** The fields that hold ids. These ids are unique only within one process. */
const OWN_IDS = new Set(['call', 'parent', 'by', 'attempt']);

/** Adds the entries of a window to `found`. `entries` is in order. */
function collect(entries: readonly Stored[], from: number, found: Stored[]): void {
  let at = entries.length;
  while (at > 0 && entries[at - 1]!.n > from) at--;
  for (let i = at; i < entries.length && entries[i]!.n <= from + WINDOW; i++) found.push(entries[i]!);
}

/** Returns the length of the texts that may be long. */
function lengthOf(happened: Happened): number {
  let length = 'error' in happened && happened.error !== undefined ? lengthOfError(happened.error) : 0;
  if ('meta' in happened) length += happened.meta?.length ?? 0;
  return length;
}

function lengthOfError({ message, stack = '', cause }: ErrorText): number {
  return 500 + message.length + stack.length + (cause === undefined ? 0 : lengthOfError(cause));
}

function newRun(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join('');
}
