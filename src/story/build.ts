import type { Entry, EventText } from './entry.ts';
import type { Attempt, Call, Happening, Run } from './model.ts';

type Of<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;

/**
 * Puts entries together to calls, and what came of them. Entries may come twice; one that belongs to nothing that is
 * known is left out.
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
  readonly #roots = new Map<string, Call>();
  readonly #calls = new Map<string, Call>();
  readonly #events = new Map<string, Happening>();
  readonly #attempts = new Map<string, Attempt>();

  /** The calls that stand in no other one, in the order in which they began. */
  get calls(): readonly Call[] {
    return [...this.#roots.values()];
  }

  add(entry: Entry): void {
    switch (entry.kind) {
      case 'opened':
        return this.#open(entry);
      case 'settled':
        return set(this.#calls.get(entry.call), { to: entry.at, end: entry });
      case 'answered':
        return set(this.#calls.get(entry.call), { answered: entry.at });
      case 'dispatched':
        return this.#dispatch(entry);
      case 'arrived':
        return this.#arrive(entry);
      case 'released':
        return set(this.#events.get(entry.event), { released: entry.at });
      case 'dropped':
        return set(this.#events.get(entry.event), { dropped: entry });
      case 'unhandled':
        return set(this.#events.get(entry.event), { isUnhandled: true });
      case 'started':
        return this.#start(entry);
      case 'finished':
        return set(this.#attempts.get(entry.attempt), { to: entry.at, end: entry });
      case 'backedOff':
        return set(this.#attempts.get(entry.attempt), { delay: entry.delay });
      case 'gaveUp': {
        const event = this.#events.get(entry.event);
        if (event !== undefined)
          set(runOf(event, entry.listener, 'listener', entry.process), { gaveUp: entry });
        return;
      }
      case 'sent': {
        const { from, at: to, listener, destination } = entry;
        this.#events.get(entry.event)?.sends.push({ from, to, listener, destination, end: entry });
        return;
      }
      case 'refused':
      case 'reported':
        return this.#report(entry);
      case 'full':
        return set(this.#roots.get(entry.root), { isFull: true });
      case 'lost':
        return this.#lose(entry);
    }
  }

  /** Forgets a call, with all that came of it. */
  forget(root: string): void {
    this.#roots.delete(root);
    for (const [id, call] of this.#calls) if (rootOf(call) === root) this.#calls.delete(id);
    for (const [id, attempt] of this.#attempts)
      if (rootOf(attempt.run.event) === root) this.#attempts.delete(id);
    for (const [id, event] of this.#events) if (rootOf(event) === root) this.#events.delete(id);
  }

  #open(entry: Of<'opened'>): void {
    const { call: id, scope: kind, path = '', type, batchIndex, defer } = entry;
    if (this.#calls.has(id)) return;
    const by = this.#by(entry.by ?? entry.parent);
    const about = { kind, name: path, type, batchIndex, defer, by };
    const call = this.#call(by === undefined ? entry.root : id, about, entry);
    this.#calls.set(id, call);
    by?.calls.push(call);
  }

  #call(
    id: string,
    about: Pick<Call, 'kind' | 'name'> & Partial<Pick<Call, 'type' | 'batchIndex' | 'defer' | 'by'>>,
    { process, at: from }: Entry,
  ): Call {
    const none = { type: undefined, batchIndex: undefined, defer: undefined, by: undefined };
    const call: Call = { ...none, ...about, id, process, from, reports: [], events: [], calls: [] };
    if (call.by === undefined) this.#roots.set(id, call);
    return call;
  }

  #by(id: string | undefined): Call | Attempt | undefined {
    return id === undefined ? undefined : (this.#calls.get(id) ?? this.#attempts.get(id));
  }

  #dispatch(entry: Of<'dispatched'>): void {
    if (this.#events.has(entry.event)) return;
    const by = this.#by(entry.by) ?? this.#root(entry, 'publish', entry.name);
    this.#event(entry, by);
  }

  /** The delivery of an event whose sender isn't known begins a story of its own. */
  #arrive(entry: Of<'arrived'>): void {
    const { at, process, destination, number } = entry;
    const event =
      this.#events.get(entry.event) ?? this.#event(entry, this.#root(entry, 'delivery', entry.name));
    if (event.arrivals.some((other) => other.at === at && other.process === process)) return;
    event.arrivals.push({ at, process, destination, number });
  }

  #event(entry: Entry & EventText, by: Call | Attempt): Happening {
    const { event: id, at, process } = entry;
    const isLate = 'kind' in by && by.to !== undefined && by.kind !== 'publish';
    const lists = { arrivals: [], sends: [], runs: [], reports: [] };
    const event: Happening = { id, about: entry, process, at, by, isLate, ...lists };
    this.#events.set(id, event);
    by.events.push(event);
    return event;
  }

  #root(entry: Entry, kind: Call['kind'], name: string): Call {
    return this.#roots.get(entry.root) ?? this.#call(entry.root, { kind, name }, entry);
  }

  #start(entry: Of<'started'>): void {
    const { attempt: id, listener, listenerKind, number, of, at: from, process } = entry;
    const event = this.#events.get(entry.event);
    if (event === undefined || this.#attempts.has(id)) return;
    const run = runOf(event, listener, listenerKind, process);
    const attempt: Attempt = { id, run, number, of, from, events: [], calls: [] };
    this.#attempts.set(id, attempt);
    run.attempts.push(attempt);
  }

  #report(entry: Of<'refused' | 'reported'>): void {
    const event = this.#events.get(entry.event ?? '');
    if (event !== undefined) event.reports.push(entry.error);
    else if (entry.kind === 'refused')
      this.#root(entry, 'refused', entry.name ?? '').reports.push(entry.error);
    else this.#root(entry, 'report', entry.listener ?? '').reports.push(entry.error);
  }

  #lose({ process, at }: Of<'lost'>): void {
    const running = [...this.#calls.values(), ...this.#attempts.values()];
    for (const it of running) {
      const where = 'run' in it ? it.run.process : it.process;
      if (where === process && it.to === undefined) it.lost ??= at;
    }
  }
}

function set<T extends object>(target: T | undefined, values: Partial<T>): void {
  if (target !== undefined) Object.assign(target, values);
}

function runOf(event: Happening, listener: string, kind: Run['kind'], process: string): Run {
  const known = event.runs.find((run) => run.listener === listener && run.process === process);
  if (known !== undefined) return known;
  const run: Run = { listener, kind, process, event, attempts: [] };
  event.runs.push(run);
  return run;
}

function rootOf(of: Call | Happening): string {
  const { by } = of;
  if (by === undefined) return of.id;
  return rootOf('run' in by ? by.run.event : by);
}
