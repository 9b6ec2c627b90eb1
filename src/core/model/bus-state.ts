import type { Observers } from '../report/observers.ts';
import { reportDiscard, type Reported, reportError } from '../report/report.ts';
import type { DeferStrategy } from '../types/defer.ts';
import type { DeadLetterReason } from '../types/delivery.ts';
import type { AnyDependency } from '../types/dependency.ts';
import type { AnyEvent } from '../types/event.ts';
import type { DiscardReason } from '../types/observer.ts';
import { IndexedSet, type Indexed } from './indexed-set.ts';
import type { Item } from './item.ts';
import type { App, Settings, TargetLookup } from './settings.ts';
import type { WorkGroup } from './work-group.ts';

/** What stands in for a dependency, in tests. */
export interface Override {
  readonly fake: unknown;
}

/** Something that a bus waits for, and can name. */
export interface InFlight extends Indexed {
  describe(): string;
}

/** An open `bus.stream`: a flush pushes its events into it. */
export interface EventSink {
  push(event: AnyEvent): void;
  end(): void;
}

/** A flush, as the bus counts it. */
interface FlushUnderWay {
  readonly entries: readonly Item[];
}

/** One bus: what it was given, and what is under way in it. The functions of this folder work on it. */
export class BusState {
  readonly app: App;
  readonly settings: Settings;
  readonly registry: TargetLookup;
  readonly defer: DeferStrategy;
  enabled = true;
  /** `undefined` where there are none, so that they cost one comparison then. */
  observed: Observers | undefined = undefined;
  /** The last one of each counts. */
  readonly overrides = new Map<AnyDependency, readonly Override[]>();
  readonly streams = new Set<EventSink>();
  readonly warned = new Set<string>();

  /** `close` was called: what begins from now on is refused. */
  closing = false;
  /** Everything has ended: whatever comes is refused. */
  closed = false;
  /** Unsettled calls and scopes, but for streams and what began after `close`. */
  openCalls = 0;
  /** Events that are deferred, wait or run. */
  pending = 0;
  /** Flushes that a defer strategy holds, and what begins them. */
  readonly deferred = new Map<FlushUnderWay, () => Promise<void>>();
  /** Listeners that run, or wait for another attempt. */
  readonly inFlight = new IndexedSet<InFlight>();
  /** Those that wait for another attempt, or a slot. */
  readonly waitingRuns = new Set<{ stop(reason: DeadLetterReason): void }>();
  /** The time of `close` is over: there are no more attempts. */
  isAborting = false;
  /** Flushes that wait for createContext. */
  readonly awaitingContext = new Set<FlushUnderWay>();
  /** Flushes in their synchronous part: the first one runs it. */
  pass: { giveAll(): void }[] | undefined = undefined;
  /** Who waits for calls or flushes to end: called whenever one has. */
  readonly idleWaiters = new Set<() => void>();
  handlersClosed: Promise<void> | undefined = undefined;
  /** The names of those that are being closed. */
  readonly handlersClosing = new Set<string>();

  /** Flushes at once; nobody waits for it but a drain, and the call or chain that it comes from, if that still does. */
  readonly flushNow: (item: Item, partOf: WorkGroup) => void;

  constructor(settings: Settings, flushNow: (bus: BusState, item: Item, partOf: WorkGroup) => void) {
    this.flushNow = (item, partOf) => flushNow(this, item, partOf);
    this.app = settings.app;
    this.settings = settings;
    this.registry = settings.registry;
    this.defer = settings.defer;
  }

  report(reported: Reported): void {
    reportError(this, reported);
  }

  discard({ event }: Item, reason: DiscardReason): void {
    reportDiscard(this, event, reason);
  }

  /** Whether no flush is deferred or under way. */
  get isIdle(): boolean {
    return (
      this.deferred.size === 0 &&
      this.inFlight.items.length === 0 &&
      this.awaitingContext.size === 0 &&
      this.pass === undefined
    );
  }

  callEnded(): void {
    this.openCalls--;
    this.notifyIdleWaiters();
  }

  /** A flush was deferred, or something has ended. */
  notifyIdleWaiters(): void {
    if (this.idleWaiters.size > 0) for (const check of this.idleWaiters) check();
  }
}
