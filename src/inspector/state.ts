import type { Delivery } from '../core/types/delivery.ts';
import type { AnyEvent } from '../core/types/event.ts';
import type { ObservedBus } from '../core/types/observer.ts';
import { isAborted } from '../core/words/signals.ts';
import type { Fact } from '../story/entry.ts';
import { Buses } from './buses.ts';
import { Memory } from './memory/memory.ts';
import { place } from './memory/place.ts';
import type { Root } from './memory/root.ts';
import type { Settings } from './options.ts';
import { Forwarding } from './processes/forwarding.ts';
import { Processes } from './processes/processes.ts';
import type { Listening } from './serve/listening.ts';
import { readToken } from './serve/token.ts';

/** How many events of failed deliveries are kept for redelivery. */
const MOST_FAILED = 200;

/** The state of an inspector. It outlives the inspector, if that is made again after a hot reload. */
export class InspectorState {
  settings: Settings;
  readonly memory: Memory;
  readonly buses = new Buses();
  /** The events of deliveries that failed for good, by their ids: the only live objects that are kept. */
  readonly failed = new Map<string, AnyEvent>();

  /** True if the address of `handler` was printed. */
  isAnnounced = false;
  #token: string | undefined;
  /** Aborted to end all streams of entries. */
  ending = new AbortController();

  /** The server of `listen`, and whoever may close it. */
  listening: Listening | undefined;
  lease: object | undefined;

  readonly processes: Processes;
  forwarding: Forwarding | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
    this.memory = new Memory(settings);
    this.processes = new Processes(this.memory, () => this.settings.process, now);
    this.#forward();
  }

  /** The token is read when it is first needed: an inspector that only forwards has none. */
  get token(): string {
    return (this.#token ??= readToken());
  }

  isEnding(signal: AbortSignal | undefined): boolean {
    return this.ending.signal.aborted || isAborted(signal);
  }

  /** An inspector that was made again brings its own options. */
  change(settings: Settings): void {
    const former = this.settings.forwardTo;
    this.settings = settings;
    this.memory.bounds = settings;
    this.buses.reset();
    const { forwardTo } = settings;
    if (forwardTo?.url !== former?.url || forwardTo?.token !== former?.token) this.#forward();
  }

  #forward(): void {
    const { forwardTo } = this.settings;
    this.forwarding?.stop();
    this.forwarding = forwardTo && new Forwarding(this, forwardTo);
    if (this.buses.entries().length > 0) this.forwarding?.begin();
  }

  /** Takes a bus on. Returns the function that lets it go. */
  attach(bus: ObservedBus): () => void {
    const takeOff = this.buses.add(bus);
    this.forwarding?.begin();
    return () => {
      takeOff();
      if (this.buses.entries().length === 0) this.forwarding?.end();
    };
  }

  /** Delivers an event that failed to a listener. Returns `undefined` if the event or the listener isn't known. */
  redeliver(id: string, listener: string): Promise<Delivery> | undefined {
    const event = this.failed.get(id);
    return event && this.buses.withListener(event.name, listener)?.deliver(event, { listener });
  }

  /** Adds a fact about this process. `complete` adds what depends on the call that it belongs to. */
  add(fact: Fact, complete: (root: Root) => Partial<Fact> = () => ({}), at = now()): void {
    const happened = { ...fact, at, process: this.settings.process };
    const root = place(this.memory, happened);
    if (root !== undefined) this.memory.put(root, Object.assign(happened, complete(root)));
  }

  addFailed(event: AnyEvent): void {
    this.failed.delete(event.id);
    this.failed.set(event.id, event);
    if (this.failed.size > MOST_FAILED) this.failed.delete(this.failed.keys().next().value!);
  }
}

/** In ms since 1970, with fractions. A clock that is set doesn't change it. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

const KEY = Symbol.for('trpc-events.inspector.1');
const shared = globalThis as { [KEY]?: Map<string, InspectorState> };

/** Returns the state of an inspector, or that of its former life in this process. */
export function stateOf(settings: Settings): InspectorState {
  const states = (shared[KEY] ??= new Map());
  let state = states.get(settings.process);
  if (state === undefined) states.set(settings.process, (state = new InspectorState(settings)));
  else state.change(settings);
  return state;
}
