import type { Delivery } from '../core/types/delivery.ts';
import type { AnyEvent } from '../core/types/event.ts';
import type { ObservedBus } from '../core/types/observer.ts';
import type { ErrorText, Happened } from '../story/entry.ts';
import { Buses } from './buses.ts';
import { Memory } from './memory/memory.ts';
import { place } from './memory/place.ts';
import type { Root } from './memory/root.ts';
import { now } from './clock.ts';
import type { Redaction, Settings } from './options.ts';
import { Forwarding } from './processes/forwarding.ts';
import { Processes } from './processes/processes.ts';
import type { Listening } from './serve/listening.ts';
import { readToken } from './serve/token.ts';
import { hideIssues } from './text/hide-issues.ts';
import type { Secrets } from './text/secrets.ts';
import { writeError } from './text/write-error.ts';

/** How many events of failed deliveries are kept for redelivery. */
const MOST_FAILED = 200;

/** The state of an inspector. It outlives the inspector, if that is made again after a hot reload. */
export class InspectorState {
  /** The settings that hold for all inspectors of this state. */
  settings: Settings;
  /** The options of the inspector that was made last. */
  latest: Settings;
  readonly memory: Memory;
  readonly buses = new Buses();
  /** The events of deliveries that failed for good, by their ids: the only live objects that are kept. */
  readonly failed = new Map<string, AnyEvent>();
  /** The ids of the events that a reader has just had delivered again. */
  readonly redelivering = new Set<string>();

  /** The path of the `handler` whose address was printed. */
  announced: string | undefined;
  #token: string | undefined;

  /** The server of `listen`, and the lease of the caller that may close it. */
  listening: Listening | undefined;
  lease: object | undefined;

  readonly processes: Processes;
  forwarding: Forwarding | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
    this.latest = settings;
    this.memory = new Memory(settings);
    this.processes = new Processes(this.memory, () => this.settings.process, now);
    this.#forward();
  }

  /** The token is read when it is first needed: an inspector that only forwards has none. */
  get token(): string {
    return (this.#token ??= readToken());
  }

  /**
   * Takes the options of an inspector that was made again. Nobody can tell it from a second inspector of the process, so
   * what is hidden for one is hidden for all.
   */
  change(settings: Settings): void {
    const former = this.settings;
    this.latest = settings;
    this.settings = {
      ...settings,
      redact: [
        ...settings.redact,
        ...former.redact.filter((one) => !settings.redact.some((other) => isSame(one, other))),
      ],
      payloads: settings.payloads && former.payloads,
      actions: settings.actions && former.actions,
    };
    this.memory.bounds = settings;
    this.buses.reset();
    const { forwardTo } = settings;
    if (forwardTo?.url !== former.forwardTo?.url || forwardTo?.token !== former.forwardTo?.token)
      this.#forward();
  }

  hideIssues(thrown: unknown, secrets: Secrets): void {
    hideIssues(thrown, secrets, (event) => this.buses.hidingOf(event, this.settings.redact));
  }

  /** Writes something that was thrown as text. */
  writeError(thrown: unknown, secrets: Secrets): ErrorText {
    this.hideIssues(thrown, secrets);
    return writeError(thrown, secrets, this.settings.payloads);
  }

  #forward(): void {
    const { forwardTo } = this.settings;
    this.forwarding?.stop();
    this.forwarding = forwardTo && new Forwarding(this, forwardTo);
    if (this.buses.entries().length > 0) this.forwarding?.begin();
  }

  /** Attaches a bus. Returns the function that detaches it. */
  attach(bus: ObservedBus): () => void {
    const takeOff = this.buses.add(bus);
    this.forwarding?.begin();
    return () => {
      takeOff();
      if (this.buses.entries().length === 0) this.forwarding?.end();
    };
  }

  /**
   * Delivers a failed event again, only to one listener. Returns `undefined` if the event or the listener isn't known.
   * Observers aren't told which bus an event belongs to, so if two buses have the listener, the caller must say which one.
   */
  redeliver(id: string, listener: string, bus?: number): Promise<Delivery> | 'ambiguous' | undefined {
    const event = this.failed.get(id);
    if (event === undefined) return undefined;
    const [found, another] = this.buses.withListener(event.name, listener, bus);
    if (another !== undefined) return 'ambiguous';
    if (found === undefined) return undefined;
    this.redelivering.add(id);
    const delivery = found.deliver(event, { listener });
    const end = () => void this.redelivering.delete(id);
    delivery.then(end, end);
    return delivery;
  }

  /** Finds or begins the call for something that has just happened in this process. */
  place(happened: Happened): Root | undefined {
    return place(this.memory, happened);
  }

  /** Adds something that has just happened in this process, unless its call is not kept or has no room. */
  add(happened: Happened): void {
    const root = place(this.memory, happened);
    if (root !== undefined) this.memory.put(root, happened);
  }

  addFailed(event: AnyEvent): void {
    this.failed.delete(event.id);
    this.failed.set(event.id, event);
    if (this.failed.size > MOST_FAILED) this.failed.delete(this.failed.keys().next().value!);
  }
}

const KEY = Symbol.for('trpc-events.inspector.1');
const shared = globalThis as { [KEY]?: Map<string, InspectorState> };

/** Returns the state of an inspector, which an earlier one of the same name may have left in this process. */
export function stateOf(settings: Settings): InspectorState {
  const states = (shared[KEY] ??= new Map());
  let state = states.get(settings.process);
  if (state === undefined) states.set(settings.process, (state = new InspectorState(settings)));
  else state.change(settings);
  return state;
}

function isSame(one: Redaction, other: Redaction): boolean {
  return one.selector.text === other.selector.text && String(one.paths) === String(other.paths);
}
