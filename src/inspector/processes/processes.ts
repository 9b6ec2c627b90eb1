import { isObject } from '../../core/words/guards.ts';
import type { Memory } from '../memory/memory.ts';
import { place } from '../memory/place.ts';
import { readEntry, readPayload } from './read-entry.ts';

/** The silence after which a process counts as gone, in ms. */
const GONE_AFTER = 10_000;
const MOST_PROCESSES = 50;
const MOST_FAILED = 200;
const MOST_REDELIVERIES = 100;

interface Process {
  readonly run: string;
  readonly name: string;
  /** How many of its entries it had to drop. */
  dropped: number;
  redeliver: Redelivery[];
  timer: ReturnType<typeof setTimeout> | undefined;
}
export interface Redelivery {
  readonly event: string;
  readonly listener: string;
  readonly bus?: number;
}

/** The other processes, which forward their entries to this one. */
export class Processes {
  readonly #memory: Memory;
  readonly #ownName: () => string;
  readonly #now: () => number;
  readonly #alive = new Map<string, Process>();
  /** The runs that were lost. One that is heard from again is not a new process. */
  readonly #lost = new Set<string>();
  /** The runs of the processes that keep events of failed deliveries, by the ids of the events. */
  readonly #failed = new Map<string, string>();

  constructor(memory: Memory, ownName: () => string, now: () => number) {
    this.#memory = memory;
    this.#ownName = ownName;
    this.#now = now;
  }

  list(): readonly { readonly name: string; readonly dropped: number }[] {
    return Array.from(this.#alive.values(), ({ name, dropped }) => ({ name, dropped }));
  }

  /** Takes what a process has sent. Returns what it is to redeliver, or `undefined` if the body is refused. */
  receive(body: Readonly<Record<string, unknown>>): readonly Redelivery[] | undefined {
    const { process: name, run, entries, payloads, dropped, isLast } = body;
    if (typeof name !== 'string' || typeof run !== 'string' || !Array.isArray(entries)) return undefined;
    if (name === '' || name.length > 200 || !/^\w{1,40}$/.test(run) || run === this.#memory.run)
      return undefined;
    const process = this.#heardOf(run, name);
    if (process === undefined) return undefined;
    if (typeof dropped === 'number') process.dropped = dropped;
    for (const given of entries as unknown[]) this.#add(given, process, isObject(payloads) ? payloads : {});
    if (isLast === true) this.#lose(process);
    return process.redeliver.splice(0);
  }

  /** Asks the process that knows an event to redeliver it. Returns the name of that process. */
  ask(redelivery: Redelivery): string | undefined {
    const process = this.#alive.get(this.#failed.get(redelivery.event) ?? '');
    if (process === undefined || process.redeliver.length >= MOST_REDELIVERIES) return undefined;
    process.redeliver.push(redelivery);
    return process.name;
  }

  knows(event: string): boolean {
    return this.#alive.has(this.#failed.get(event) ?? '');
  }

  #heardOf(run: string, name: string): Process | undefined {
    let process = this.#alive.get(run);
    if (process === undefined) {
      // A new process is probably one of the same name, started again. If that one is heard from again, both are alive.
      const former = [...this.#alive.values()].find((other) => other.name === name);
      if (former !== undefined && !this.#lost.has(run)) this.#lose(former);
      if (this.#alive.size >= MOST_PROCESSES) return undefined;
      process = { run, name: this.#free(name), dropped: 0, redeliver: [], timer: undefined };
      this.#alive.set(run, process);
    }
    clearTimeout(process.timer);
    const known = process;
    process.timer = setTimeout(() => this.#lose(known), GONE_AFTER);
    (process.timer as { unref?: () => void }).unref?.();
    return process;
  }

  #free(name: string): string {
    const taken = new Set([this.#ownName(), ...Array.from(this.#alive.values(), (other) => other.name)]);
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name} (${i})`;
    return free;
  }

  #add(given: unknown, { name, run }: Process, payloads: Readonly<Record<PropertyKey, unknown>>): void {
    const entry = readEntry(given, name);
    const root = entry && place(this.#memory, entry);
    if (entry === undefined || root === undefined) return;
    this.#memory.put(root, entry, false);
    if (entry.kind === 'gaveUp') {
      this.#failed.delete(entry.event);
      this.#failed.set(entry.event, run);
      if (this.#failed.size > MOST_FAILED) this.#failed.delete(this.#failed.keys().next().value!);
    }
    if (entry.kind !== 'dispatched' && entry.kind !== 'arrived') return;
    const payload = Object.hasOwn(payloads, entry.event) ? readPayload(payloads[entry.event]) : undefined;
    if (payload !== undefined) this.#memory.keep(entry.event, payload);
  }

  #lose(process: Process): void {
    clearTimeout(process.timer);
    this.#alive.delete(process.run);
    this.#lost.add(process.run);
    if (this.#lost.size > MOST_PROCESSES) this.#lost.delete(this.#lost.values().next().value!);
    const entry = { kind: 'lost' as const, process: process.name, at: this.#now() };
    const root = place(this.#memory, entry);
    if (root !== undefined) this.#memory.put(root, entry);
  }
}
