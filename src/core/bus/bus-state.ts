import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { PolicedDelivery } from '../delivery/delivery.ts';
import { Bag } from '../flush/bag.ts';
import type { Chain } from '../flush/chain.ts';
import type { Busy } from '../flush/lane.ts';
import type { Flush } from '../flush/flush.ts';
import type { Observers } from './observers.ts';
import type { Registry } from '../router/registry.ts';
import { reportDiscard, reportError, type Reported } from '../report.ts';
import type { Entry } from '../scope/scope.ts';
import type { EventSink } from './stream.ts';
import type { AnyApp } from '../types/app.ts';
import type { BusBaseOptions, MetaOf } from '../types/bus.ts';
import type { EventShape } from '../types/catalog.ts';
import type { DeferStrategy } from '../types/defer.ts';
import type { AnyDependency } from '../types/dependency.ts';
import type { When } from '../types/dispatch.ts';
import type { DiscardReason } from '../types/observer.ts';

/** What one `initEvents…create()` knows at run time. */
export interface App {
  readonly shape: EventShape;
  readonly metaSchema: StandardSchemaV1 | undefined;
  /** Whether `.context<C>()` named what listeners need. */
  readonly namesContext: boolean;
}

/** What `e.bus` was given, checked, with its defaults. */
export interface Settings extends Pick<
  BusBaseOptions<AnyApp>,
  'createContext' | 'onError' | 'onDiscard' | 'deadLetter'
> {
  readonly app: App;
  readonly registry: Registry;
  readonly meta: MetaOf<AnyApp> | undefined;
  readonly when: When;
  readonly defer: DeferStrategy;
  readonly unhandled: 'warn' | 'ignore' | 'error';
  readonly limits: { readonly perScope: number; readonly pending: number; readonly depth: number };
}

/** What stands in for a dependency, in tests. */
export interface Override {
  readonly fake: unknown;
}

/** One bus: what it was given, and what is under way in it. The functions of this folder work on it. */
export class BusState {
  readonly app: App;
  readonly settings: Settings;
  readonly registry: Registry;
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
  readonly deferred = new Map<Flush, () => Promise<void>>();
  /** Listeners that run, or wait for another attempt. */
  readonly busy = new Bag<Busy>();
  /** Those that wait for another attempt, or a slot. */
  readonly waitingDeliveries = new Set<PolicedDelivery>();
  /** The time of `close` is over: there are no more attempts. */
  gaveUp = false;
  /** Flushes that wait for createContext. */
  readonly preparing = new Set<Flush>();
  /** Flushes in their synchronous part: the first one runs it. */
  passing: Flush[] | undefined = undefined;
  /** Who waits for calls or flushes to end: called whenever one has. */
  readonly waiting = new Set<() => void>();
  handlersClosed: Promise<void> | undefined = undefined;
  /** The names of those that are being closed. */
  readonly handlersClosing = new Set<string>();

  /** Flushes at once; nobody waits for it but a drain, and the call or chain that it comes from, if that still does. */
  readonly flushNow: (entry: Entry, partOf: Chain) => void;

  constructor(settings: Settings, flushNow: (bus: BusState, entry: Entry, partOf: Chain) => void) {
    this.flushNow = (entry, partOf) => flushNow(this, entry, partOf);
    this.app = settings.app;
    this.settings = settings;
    this.registry = settings.registry;
    this.defer = settings.defer;
  }

  report(reported: Reported): void {
    reportError(this, reported);
  }

  discard(entry: Entry, reason: DiscardReason): void {
    reportDiscard(this, entry.event, reason);
  }

  /** Whether no flush is deferred or under way. */
  get isIdle(): boolean {
    return (
      this.deferred.size === 0 &&
      this.busy.items.length === 0 &&
      this.preparing.size === 0 &&
      this.passing === undefined
    );
  }

  callEnded(): void {
    this.openCalls--;
    this.progressed();
  }

  /** A flush was deferred, or something has ended. */
  progressed(): void {
    if (this.waiting.size > 0) for (const check of this.waiting) check();
  }
}
