import { Batches } from './batches.ts';
import { parentFrom } from './cause.ts';
import { REDELIVERY, type Entry, type EventText } from './entry.ts';
import { Lost } from './lost.ts';
import type { Attempt, Call, Happening } from './model.ts';
import { isBelow, rootOf, runOf, treeOf, type Parent } from './tree.ts';

type Of<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;
type Touched = Parent | Happening | undefined;

/** A root call and the ids of its entries. Events may move from the root where they arrived to the one that dispatched them. */
interface Root {
  readonly call: Call;
  readonly seen: Set<string>;
}

/**
 * Puts entries together into calls and what came of them. Entries may come twice, and those of different processes may
 * come in any order. An entry that belongs to nothing known is left out.
 *
 * @example
 * ```ts
 * import { rowsOf, Story, type Entry } from 'trpc-events/inspector/story';
 *
 * const rowsOfAll = (entries: readonly Entry[]) => {
 *   const story = new Story();
 *   for (const entry of entries) story.add(entry);
 *   return story.calls.map(rowsOf);
 * };
 * ```
 */
export class Story {
  readonly #roots = new Map<string, Root>();
  /** The roots that took over others, by the ids of the roots that are gone. */
  readonly #moved = new Map<string, Root>();
  /** Calls and attempts by the ids from their processes, and those ids by call or attempt. A root call has another id, too. */
  readonly #parents = new Map<string, Parent>();
  readonly #ids = new WeakMap<Parent, string>();
  readonly #events = new Map<string, Happening>();
  readonly #batches = new Batches();
  readonly #lost = new Lost();

  /** The calls that are not inside another call, in the order in which they came. */
  get calls(): readonly Call[] {
    return Array.from(this.#roots.values(), ({ call }) => call);
  }

  /** Returns one of `calls` by its id. */
  call(id: string): Call | undefined {
    return this.#roots.get(id)?.call;
  }

  /**
   * Adds an entry. Returns the ids of the `calls` that have changed. One of them may be gone from `calls`, because what it
   * had turned out to belong to another call.
   */
  add(entry: Entry): readonly string[] {
    if (this.#rootAt(entry)?.seen.has(entry.id)) return [];
    const touched = [...this.#lost.found(entry), ...this.#add(entry)];
    const ids = new Set<string>();
    for (const it of touched) {
      const call = it && rootOf(it);
      if (call === undefined || ids.has(call.id)) continue;
      call.revision++;
      ids.add(call.id);
    }
    // An entry that belongs to nothing yet may belong to something when it comes again.
    if (ids.size === 0) return [];
    const root = this.#rootAt(entry);
    root?.seen.add(entry.id);
    if (root !== undefined && isEmptied(root.call)) this.#move(root, this.#roots.get([...ids][0]!)!);
    return root === undefined ? [...ids] : [...ids.add(root.call.id)];
  }

  #rootAt({ root }: Entry): Root | undefined {
    return this.#roots.get(root) ?? this.#moved.get(root);
  }

  #move(from: Root, to: Root): void {
    this.#roots.delete(from.call.id);
    this.#moved.set(from.call.id, to);
    for (const id of from.seen) to.seen.add(id);
  }

  /** Forgets one of `calls`, with all that came of it. */
  forget(id: string): void {
    const root = this.#roots.get(id);
    if (root === undefined) return;
    this.#roots.delete(id);
    for (const [moved, to] of this.#moved) if (to === root) this.#moved.delete(moved);
    const { calls, events, attempts } = treeOf(root.call);
    for (const it of [...calls, ...attempts]) {
      this.#parents.delete(this.#ids.get(it) ?? '');
      this.#lost.forget(it);
    }
    for (const event of events) this.#events.delete(event.id);
  }

  #add(entry: Entry): readonly Touched[] {
    switch (entry.kind) {
      case 'opened':
        return this.#open(entry);
      case 'settled':
        return [this.#end(this.#parents.get(entry.call), entry)];
      case 'answered':
        return [set(this.#parents.get(entry.call) as Call | undefined, { answered: entry.at })];
      case 'unanswered':
        return [set(this.#parents.get(entry.call) as Call | undefined, { unanswered: entry.why })];
      case 'dispatched':
        return [this.#dispatch(entry)];
      case 'arrived':
        return [this.#arrive(entry)];
      case 'released':
        return [this.#release(entry)];
      case 'dropped': {
        const { at, reason } = entry;
        return [set(this.#events.get(entry.event), { dropped: { at, reason } })];
      }
      case 'unhandled':
        return [set(this.#events.get(entry.event), { isUnhandled: true })];
      case 'started':
        return [this.#start(entry)];
      case 'finished':
        return [this.#end(this.#parents.get(entry.attempt), entry)];
      case 'backedOff':
        return [set(this.#parents.get(entry.attempt) as Attempt | undefined, { delay: entry.delay })];
      case 'gaveUp': {
        const event = this.#events.get(entry.event);
        if (event !== undefined) runOf(event, entry.listener, entry.process).gaveUp = entry;
        return [event];
      }
      case 'sent': {
        const { from, at: to, process, listener, destination } = entry;
        const event = this.#events.get(entry.event);
        event?.sends.push({ from, to, process, listener, destination, end: entry });
        return [event];
      }
      case 'refused':
      case 'reported':
        return [this.#report(entry)];
      case 'full':
        return [set(this.#rootAt(entry)?.call, { isFull: true })];
      case 'lost':
        return this.#lost.lose(entry, this.#parents);
      default:
        // An inspector of a later release may send other kinds.
        return [];
    }
  }

  #open(entry: Of<'opened'>): readonly Touched[] {
    const { call: id, scope: kind, path = '', type, batchIndex, defer } = entry;
    if (this.#parents.has(id)) return [];
    const by = this.#parent(entry.by) ?? this.#parent(entry.parent) ?? this.#rootAt(entry)?.call;
    const about = { kind, name: path, type, batchIndex, defer, by };
    const call = this.#call(by === undefined ? entry.root : id, about, entry);
    this.#know(id, call);
    by?.calls.push(call);
    const first = by === undefined ? this.#batches.join(call) : undefined;
    if (first === undefined) return [call];
    call.batch = first.batch = first.id;
    return [call, first];
  }

  #call(
    id: string,
    about: Pick<Call, 'kind' | 'name'> & Partial<Pick<Call, 'type' | 'batchIndex' | 'defer' | 'by'>>,
    { process, at: from }: Entry,
  ): Call {
    const none = { type: undefined, batchIndex: undefined, defer: undefined, by: undefined, revision: 0 };
    const call: Call = { ...none, ...about, id, process, from, reports: [], events: [], calls: [] };
    if (call.by === undefined) this.#roots.set(id, { call, seen: new Set() });
    return call;
  }

  #know(id: string, it: Parent): void {
    this.#parents.set(id, it);
    this.#ids.set(it, id);
  }

  #parent(id: string | undefined): Parent | undefined {
    return this.#parents.get(id ?? '');
  }

  /** Adds a dispatched event. If it has already arrived from a queue, it moves to the call or attempt that dispatched it. */
  #dispatch(entry: Of<'dispatched'>): Touched {
    const { event: id, at, process } = entry;
    const by = this.#parent(entry.by) ?? this.#cause(entry);
    const event = this.#events.get(id);
    if (event === undefined) return this.#event(entry, by ?? this.#root(entry, 'publish'), true);
    if (event.isDispatched) return undefined;
    set(event, { about: entry, at, process, isDispatched: true });
    if (by === undefined || isBelow(by, event)) return event;
    event.by.events.splice(event.by.events.indexOf(event), 1);
    event.by = by;
    by.events.push(event);
    return event;
  }

  /** Adds a delivery. If the sender of the event isn't known, the delivery begins a story of its own. */
  #arrive(entry: Of<'arrived'>): Touched {
    const { at, process, destination, number, system } = entry;
    const event =
      this.#events.get(entry.event) ??
      this.#event(entry, this.#cause(entry) ?? this.#root(entry, 'delivery'), false);
    event.arrivals.push({ at, process, destination, number, isRedelivery: system === REDELIVERY });
    return event;
  }

  #event(entry: Of<'dispatched' | 'arrived'> & EventText, by: Parent, isDispatched: boolean): Happening {
    const { event: id, at, process } = entry;
    const lists = { arrivals: [], sends: [], runs: [], reports: [] };
    const event: Happening = { id, about: entry, process, at, by, isDispatched, ...lists };
    this.#events.set(id, event);
    by.events.push(event);
    return event;
  }

  #cause({ causationId, process, at }: Of<'dispatched' | 'arrived'>): Parent | undefined {
    const cause = this.#events.get(causationId ?? '');
    return cause && parentFrom(cause, process, at);
  }

  #root(entry: Entry & { readonly name?: string; readonly listener?: string }, kind: Call['kind']): Call {
    const name = entry.name ?? entry.listener ?? '';
    return this.#rootAt(entry)?.call ?? this.#call(entry.root, { kind, name }, entry);
  }

  #release({ event: id, at, origin, traceparent }: Of<'released'>): Touched {
    const event = this.#events.get(id);
    return event?.released === undefined || at < event.released
      ? set(event, { released: at, origin, ...(traceparent !== undefined && { traceparent }) })
      : undefined;
  }

  #start(entry: Of<'started'>): Touched {
    const { attempt: id, listener, listenerKind, number, of, at: from, process } = entry;
    const event = this.#events.get(entry.event);
    if (event === undefined || this.#parents.has(id)) return undefined;
    const run = set(runOf(event, listener, process), { kind: listenerKind })!;
    const attempt: Attempt = { id, run, number, of, from, events: [], calls: [] };
    this.#know(id, attempt);
    run.attempts.push(attempt);
    return attempt;
  }

  #end(it: Parent | undefined, { at, ok, error }: Of<'settled' | 'finished'>): Touched {
    delete it?.lost;
    return set(it, { to: at, end: error === undefined ? { ok } : { ok, error } });
  }

  #report(entry: Of<'refused' | 'reported'>): Touched {
    const known = this.#events.get(entry.event ?? '');
    const it = known ?? this.#root(entry, entry.kind === 'refused' ? 'refused' : 'report');
    const { at, process, error } = entry;
    it.reports.push({ at, process, isRefusal: entry.kind === 'refused', error });
    return it;
  }
}

function set<T extends object>(target: T | undefined, values: Partial<T>): T | undefined {
  return target && Object.assign(target, values);
}

/** Returns true if the only event of a delivery has moved to the call that dispatched it. */
function isEmptied(call: Call): boolean {
  const { kind, events, calls, reports } = call;
  return kind === 'delivery' && events.length + calls.length + reports.length === 0;
}
