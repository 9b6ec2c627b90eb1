import type { Entry, Happened, PayloadText } from '../../story/entry.ts';
import { eventKey } from './event-key.ts';
import { Root } from './root.ts';

/** How many bytes an entry takes beside its texts, measured in Node 24. */
const ENTRY_BYTES = 320;
/** One call may take this part of all that is kept, and have this many events. */
const PART_OF_A_CALL = 1 / 4;
const MOST_EVENTS = 1000;

export interface Bounds {
  /** The number of calls. */
  readonly capacity: number;
  readonly maxBytes: number;
}
interface Stored {
  readonly n: number;
  readonly root: Root;
  readonly happened: Happened;
}

/** The latest calls, each with all that came of it. The oldest call is dropped first. */
export class Memory {
  bounds: Bounds;
  /** Tells the entries, calls and attempts of this process from those of others, and of its former lives. */
  readonly run: string = newRun();
  /** How many calls are gone. */
  gone = 0;
  /** How often it was cleared: readers then clear what they have. */
  cleared = 0;
  #bytes = 0;
  #last = 0;
  readonly #stored = new Map<number, Stored>();
  readonly #roots = new Set<Root>();
  /** The calls, by the ids of all that belongs to them. */
  readonly #byId = new Map<string, Root>();
  readonly #waiting = new Set<() => void>();

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  get last(): number {
    return this.#last;
  }

  get calls(): number {
    return this.#roots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  rootOf(id: string | undefined): Root | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Begins what other entries may belong to. */
  begin(): Root {
    const root = new Root(`${this.run}.${this.#last + 1}`);
    this.#roots.add(root);
    while (this.#roots.size > this.bounds.capacity) this.#drop(this.#oldest());
    return root;
  }

  /** Says that an id belongs to a call. Returns false if the call has no room for it: then the id stays unknown. */
  link(root: Root, id: string, { at, process }: Pick<Happened, 'at' | 'process'>): boolean {
    if (root.size > MOST_EVENTS || root.bytes > this.bounds.maxBytes * PART_OF_A_CALL) {
      if (!root.isFull) this.put(root, { kind: 'full', at, process });
      root.isFull = true;
      return false;
    }
    this.alias(root, id);
    root.size++;
    return true;
  }

  /** Like `link`, for what is not counted: the attempts on an event. */
  alias(root: Root, id: string): void {
    this.#byId.set(id, root);
    root.aliases.push(id);
  }

  /** Whether the call has room for another entry that nothing asks for. */
  hasRoom(root: Root): boolean {
    return root.bytes <= this.bounds.maxBytes * PART_OF_A_CALL;
  }

  put(root: Root, happened: Happened): void {
    if (!this.#roots.has(root)) return;
    const n = ++this.#last;
    this.#stored.set(n, { n, root, happened });
    root.entries.push(n);
    this.#count(root, ENTRY_BYTES + lengthOf(happened) + root.secrets.takeSize());
    for (const wake of this.#waiting) wake();
  }

  /** Keeps the payload of an event. */
  keep(root: Root, event: string, payload: PayloadText): void {
    if (!this.#roots.has(root) || root.payloads.has(event)) return;
    root.payloads.set(event, payload);
    const isWide = /[\u0100-\uffff]/.test(payload.text);
    this.#count(root, 100 + payload.text.length * (isWide ? 2 : 1));
  }

  payloadOf(event: string): PayloadText | undefined {
    return this.rootOf(eventKey(event))?.payloadOf(event);
  }

  *payloads(): Generator<readonly [string, PayloadText]> {
    for (const root of this.#roots) for (const id of root.payloads.keys()) yield [id, root.payloadOf(id)!];
  }

  /** The entries after the `n`-th, as they are now. */
  *after(n: number): Generator<{ readonly n: number; readonly root: Root; readonly entry: Entry }> {
    if (this.#last - n > this.#stored.size) {
      for (const stored of this.#stored.values()) if (stored.n > n) yield this.#told(stored);
      return;
    }
    for (let i = n + 1; i <= this.#last; i++) {
      const stored = this.#stored.get(i);
      if (stored !== undefined) yield this.#told(stored);
    }
  }

  /** The first entries of a call, up to the `n`-th of all. */
  *of(root: Root, n: number): Generator<Entry> {
    for (const i of root.entries) {
      const stored = this.#stored.get(i);
      if (stored !== undefined && i <= n) yield this.#told(stored).entry;
    }
  }

  /** Returns the number of the entry that a reader has seen last; 0 if this is another life of the process. */
  placeOf(after: string | undefined): number {
    const [run, n] = (after ?? '').split('.');
    const place = Number(n);
    return run === this.run && Number.isInteger(place) && place >= 0 && place <= this.#last ? place : 0;
  }

  idAt(n: number): string {
    return `${this.run}.${n}`;
  }

  /** Calls a function at each entry to come. Returns the function that ends this. */
  onEntry(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  clear(): void {
    for (const root of this.#roots) this.#drop(root);
    this.gone = 0;
    this.cleared++;
    for (const wake of this.#waiting) wake();
  }

  #told({ n, root, happened }: Stored) {
    return { n, root, entry: { ...happened, id: this.idAt(n), root: root.id } };
  }

  #oldest(): Root {
    return this.#roots.values().next().value!;
  }

  #count(root: Root, bytes: number): void {
    root.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.bounds.maxBytes && this.#roots.size > 1) this.#drop(this.#oldest());
  }

  #drop(root: Root): void {
    this.#roots.delete(root);
    for (const n of root.entries) this.#stored.delete(n);
    for (const id of root.aliases) if (this.#byId.get(id) === root) this.#byId.delete(id);
    this.#bytes -= root.bytes;
    this.gone++;
  }
}

function lengthOf(happened: object): number {
  let length = 0;
  for (const key in happened) {
    const value: unknown = happened[key as never];
    if (typeof value === 'string') length += value.length;
    else if (typeof value === 'object' && value !== null) length += 100 + lengthOf(value);
  }
  return length;
}

function newRun(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join('');
}
