import { haveSameNames } from '../catalog/same-names.ts';
import { reportDiscard, reportError } from '../report/report.ts';
import type { Reported } from '../report/line.ts';
import type { Observers } from '../report/observers.ts';
import type { DeferStrategy } from '../types/defer.ts';
import type { DeadLetterReason, EventSource } from '../types/delivery.ts';
import type { AnyDependency } from '../types/dependency.ts';
import type { AnyEvent } from '../types/event.ts';
import type { DiscardReason, FlushOrigin } from '../types/observer.ts';
import type { EventsError } from '../words/errors.ts';
import { IndexedSet, type Indexed } from './indexed-set.ts';
import type { Item } from './item.ts';
import { LinkedList, type Linked } from './linked-list.ts';
import type { App, Settings, TargetLookup } from './settings.ts';
import type { WorkGroup } from './work-group.ts';

/** Work that a drain can name in its message if it takes too long. */
export interface InFlight extends Indexed {
  describe(): string;
  /** Aborts a handler, because `close` has run out of time, and returns true. A listener goes on. */
  abort?(reason: EventsError): boolean;
  /** Fails a handler that goes on although it was aborted. */
  abandon?(reason: EventsError): void;
}

/** An open `bus.stream`: a flush pushes its events into it. Nothing here throws. */
export interface EventSink {
  push(event: AnyEvent): void;
  /** Ends the stream because the bus is closed. */
  cut(): void;
}

/** A replacement for a dependency, set by a test. */
export interface Override {
  readonly fake: unknown;
}

/** A flush that a defer strategy holds. */
interface Deferred extends Linked {
  begin(): Promise<void>;
}

/** A flush that has begun, or will begin, as the bus that counts it sees it. */
interface OpenFlush {
  readonly items: readonly Pick<Item, 'event'>[];
}

/** Begins flushes. Rooms that may not import `flush/` call it here: `Pass` of that room implements it. */
export interface Flusher {
  /** Flushes items at once, as part of a group. Only that group, and a drain, wait for them. */
  flush(bus: BusState, items: readonly Item[], group: WorkGroup, origin: FlushOrigin): void;
  /** Runs the synchronous part of a flush, after that of any other flush of this bus that is running it now. */
  pass(flush: { handOut(): void }): void;
}

/** The state of a bus: its settings, and the work that is under way in it. */
export class BusState {
  app: App;
  settings: Settings;
  registry: TargetLookup;
  defer: DeferStrategy;
  readonly flusher: Flusher;
  /** Builders that made earlier versions of the bus: modules that were not evaluated again still use them. */
  readonly #formerApps = new WeakSet<App>();
  enabled = true;
  /** Why the bus may have another version of its module, and what to do then. `sharedBus` sets its own sentence. */
  whyOutdated = 'the bus has another version of it. Restart, or use sharedBus of trpc-events/next.';
  readonly printed = new Set<string>();
  /** The observers; `undefined` if there are none, which then costs only one comparison. */
  observed: Observers | undefined = undefined;
  /** The replacements of each dependency. The last one counts. */
  readonly overrides = new Map<AnyDependency, readonly Override[]>();
  readonly streams = new Set<EventSink>();

  /** True once `close` was called: it stops the sources, and no other is accepted. */
  stopping = false;
  /** True once the sources have stopped or timed out: events of calls that begin later, and of streams, are refused. */
  closing = false;
  /** True once all calls and all other work have ended, and the handlers close: every event is refused. */
  closed = false;
  /** True once `close` has run out of time: handlers get no more events, and retried runs begin no more attempts. */
  isAborting = false;
  /** Unsettled calls and scopes, except for streams and calls that began after `close`. */
  openCalls = 0;
  /** Events that are deferred, waiting or running. */
  pending = 0;
  /** Flushes that have begun and are not done. */
  openFlushes = 0;
  /** Work that belongs to no flush: calls of `send`, and what wrappers of observers do after the step that they wrap. */
  readonly tasks = new IndexedSet<InFlight>();
  /** Flushes that a defer strategy holds, in order, because those of one stream must begin in order. */
  readonly deferred = new LinkedList<Deferred>();
  /** Flushes that wait for `createContext`. */
  readonly awaitingContext = new Set<OpenFlush>();
  /** Lanes and `deadLetter` calls that are not done, for the message of a drain that takes too long. */
  readonly inFlight = new IndexedSet<InFlight>();
  /** Consumers: `close` stops them first. */
  readonly sources = new Set<EventSource>();
  /** Runs that wait for another attempt, or for a slot. */
  readonly waitingRuns = new Set<{ stop(reason: DeadLetterReason): void }>();
  /** Called whenever a flush was deferred, a call or a flush has ended, or a handler was closed. */
  readonly idleWaiters = new Set<() => void>();

  constructor(settings: Settings, flusher: Flusher) {
    this.app = settings.app;
    this.settings = settings;
    this.registry = settings.registry;
    this.defer = settings.defer;
    this.flusher = flusher;
  }

  /**
   * Replaces the settings of the bus in development, because an edited module was evaluated again. The work that is under
   * way goes on.
   */
  replaceSettings(settings: Settings): void {
    this.registry.leaveRouters();
    this.#formerApps.add(this.app);
    this.app = settings.app;
    this.settings = settings;
    this.registry = settings.registry;
    this.defer = settings.defer;
  }

  /** Returns true if a builder made an earlier version of this bus, or has the event names of the one that made this. */
  isOfBuilderLike(app: App): boolean {
    return this.#formerApps.has(app) || haveSameNames(app.shape, this.app.shape);
  }

  /** True if no flush is deferred or under way. */
  get isIdle(): boolean {
    return this.openFlushes === 0 && this.tasks.items.length === 0 && this.deferred.first === undefined;
  }

  report(reported: Reported): void {
    reportError(this, reported);
  }

  discard(event: AnyEvent, reason: DiscardReason): void {
    reportDiscard(this, event, reason);
  }

  /** Lets a drain wait for work that belongs to no flush. The promise must not reject. */
  async trackTask(what: string, promise: Promise<unknown>): Promise<void> {
    const work: InFlight = { index: -1, describe: () => what };
    this.tasks.add(work);
    await promise;
    this.tasks.delete(work);
    this.notifyIdleWaiters();
  }

  callEnded(): void {
    this.openCalls--;
    this.notifyIdleWaiters();
  }

  notifyIdleWaiters(): void {
    if (this.idleWaiters.size > 0) for (const check of this.idleWaiters) check();
  }
}
