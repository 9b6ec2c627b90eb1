/**
 * A scope is what one procedure call, or one attempt of a listener, has dispatched. This room says how events get into a
 * scope, and which of them are kept when it ends.
 *
 * 1. `ctx.dispatch` and `e.dispatch` (`dispatch.ts`) validate and copy the payload (`read-input.ts`), and make the event
 *    (`make-event.ts`, with its meta: `meta.ts`).
 * 2. The event becomes an `Entry` in the list of the outermost scope, in the order of dispatch. All scopes within it
 *    share that list, so nothing moves when an inner scope settles.
 * 3. When the last open scope above an entry has settled, `judge.ts` keeps or drops the entry by its `when`: `'success'`
 *    asks all scopes above it, `'failure'` only its own, `'settled'` none. An event dispatched after that is late: it is
 *    judged and flushed at once.
 *
 * The AsyncLocalStorage (`storage.ts`) holds the scope that runs. In development, its bus may be of another version of
 * the dispatching module (`versions.ts`). Scopes are opened and settled in `call/`.
 *
 * @module
 */
import type { BusState } from '../model/bus-state.ts';
import type { Cause, Item } from '../model/item.ts';
import { newInfoId } from '../model/info-id.ts';
import { WorkGroup } from '../model/work-group.ts';
import type { DeferCall, DeferStrategy } from '../types/defer.ts';
import type { When } from '../types/dispatch.ts';
import type { ScopeInfo } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';

/** An event that waits in a scope. */
export interface Entry extends Item {
  readonly when: When;
  readonly scope: Scope;
  /** The position among all events dispatched below the outermost scope. */
  readonly sequence: number;
}

/**
 * The AsyncLocalStorage's value: the scope that runs, for each bus that has one. There is at most one frame per bus, so
 * that the list doesn't grow while timers and calls start one another. The latest comes first.
 */
export interface Frame {
  readonly scope: Scope;
  readonly rest: Frame | undefined;
}

/** The scope of a call (`CallScope`), or of an attempt of a listener (`Attempt`). */
export interface Scope extends Frame {
  readonly bus: BusState;
  readonly parent: Scope | undefined;
  /** The outermost scope. */
  readonly root: Scope;
  /** The group of the root: it waits for everything that comes of these events, late ones included. */
  readonly group: WorkGroup;
  /** This scope, if it is a call. */
  readonly call: CallScope | undefined;
  /** This scope, if it is an attempt; otherwise the attempt that it runs in, or that started it. */
  readonly attempt: Cause | undefined;
  readonly isAttempt: boolean;
  /** True if none of its events is kept, whatever their `when`. */
  readonly discardsAll: boolean;
  /** The AsyncLocalStorage's value while the scope runs. */
  readonly frame: Frame;
  /** Cleared when the scope settles, because a timer that was started here may hold the scope for a long time. */
  readonly ctx: unknown;
  readonly outcome: 'open' | 'ok' | 'failed';
  /** On a root: the events that wait. */
  entries: Entry[] | undefined;
  /** On a root: the number of events that were ever dispatched below it. */
  nextSequence: number;
}

/** The call that a scope is opened for: tRPC's middleware options, or the argument of `bus['~open']`. */
export interface CallSource {
  readonly path?: string | undefined;
  readonly type?: 'query' | 'mutation' | 'subscription' | undefined;
  /** Read late, because Next's getter may throw. */
  readonly signal?: AbortSignal | undefined;
  readonly response?: unknown;
  readonly batchIndex?: number | undefined;
  /** Identifies the call: all its middlewares get the same function. */
  readonly getRawInput?: unknown;
}

/** The meta of one event, or the reason why there is none. */
export interface Meta {
  readonly value: unknown;
  readonly error: EventsError | undefined;
  /** True if the meta was given for a whole scope, and so takes precedence over the meta of a cause. */
  readonly given?: boolean;
}

/** The scope of a procedure call, of an external call, or of `bus.scope` and `e.scope`. */
export class CallScope implements Scope, DeferCall {
  readonly bus: BusState;
  readonly parent: Scope | undefined;
  readonly root: Scope;
  readonly group: WorkGroup;
  readonly attempt: Cause | undefined;
  /** The frame, if scopes of other buses run here too. Cleared when the scope settles. */
  link: Frame | undefined;
  ctx: unknown;
  outcome: Scope['outcome'] = 'open';
  entries: Entry[] | undefined = undefined;
  nextSequence = 0;
  readonly kind: 'call' | 'scope';
  readonly path: string | undefined;
  /** True if the call began after `close`, or within such a call: its events are refused. */
  readonly isRefused: boolean;
  /** True while the bus counts the call in `openCalls`: `close` waits for it. */
  isTracked: boolean;
  defer: DeferStrategy;
  /** Cleared when the scope settles, because it holds the request. */
  source: CallSource | undefined;
  /** True for `e.scope` or `bus.scope` in another scope: uses its ctx and meta, and gets the events of its `ctx.dispatch`. */
  isSavepoint = false;
  meta: Meta | undefined = undefined;
  /** Entries with a `sequence` below this are kept even if the call fails: the stream has yielded since. */
  committedUpTo = 0;
  streaming = false;
  /** On a root: true if it reads a `bus.stream` that `close` has ended, so its answer is incomplete. */
  isCut = false;
  /** Set by a stream. Called when an event was added to its scope, or to one within it. */
  entryAdded: (() => void) | undefined = undefined;
  #info: { -readonly [K in keyof ScopeInfo]: ScopeInfo[K] } | undefined = undefined;
  #isDetached = false;
  declare readonly rest: undefined;
  declare readonly isAttempt: false;
  declare readonly discardsAll: false;
  static {
    Object.assign(this.prototype, { isAttempt: false, discardsAll: false });
  }

  constructor(
    bus: BusState,
    parent: Scope | undefined,
    ctx: unknown,
    source: CallSource | undefined,
    defer: DeferStrategy,
    attempt: Cause | undefined,
    rest: Frame | undefined,
  ) {
    this.bus = bus;
    this.parent = parent;
    this.root = parent === undefined ? this : parent.root;
    this.group = parent === undefined ? new WorkGroup(undefined, undefined, true) : parent.group;
    this.attempt = attempt;
    this.link = rest === undefined ? undefined : { scope: this, rest };
    this.ctx = ctx;
    this.kind = source === undefined ? 'scope' : 'call';
    this.path = source?.path;
    this.isRefused = parent === undefined ? bus.closing : parent.root.call?.isRefused === true;
    this.isTracked = !this.isRefused;
    this.defer = defer;
    this.source = source;
  }

  get frame(): Frame {
    return this.link ?? this;
  }

  get scope(): this {
    return this;
  }

  get call(): this {
    return this;
  }

  get signal(): AbortSignal | undefined {
    return this.source?.signal;
  }

  get response(): unknown {
    return this.source?.response;
  }

  get finished(): Promise<void> {
    return this.group.whenFinished();
  }

  /** The scope as observers see it: the same object each time. */
  get info(): ScopeInfo {
    return (this.#info ??= {
      id: newInfoId(),
      kind: this.kind,
      path: this.path,
      type: this.source?.type,
      batchIndex: this.source?.batchIndex,
      parent: this.parent?.call?.info,
      attempt: this.attempt?.info,
      defer: this.defer.name,
    });
  }

  /** Replaces the strategy, because a second middleware on the call has given another one. */
  replaceDefer(defer: DeferStrategy): void {
    this.defer = defer;
    if (this.#info !== undefined) this.#info.defer = defer.name;
  }

  /** Takes the call out of its group: the call has settled, or is a stream that nobody pulls. */
  detach(): void {
    if (this.#isDetached) return;
    this.#isDetached = true;
    this.root.call?.group.leave();
  }

  /** Puts a detached stream that is pulled after all back into its group. Returns false if it was not detached. */
  reattach(): boolean {
    if (!this.#isDetached) return false;
    this.#isDetached = false;
    this.root.call?.group.enter();
    return true;
  }

  /** Tells observers that the response was sent. A strategy and a watcher may both call this: only the first call counts. */
  responseSent(): void {
    if (answered.has(this)) return;
    answered.add(this);
    this.bus.observed?.responseSent(this.info);
  }
}

/** Calls whose response was sent. Most buses have no observer that asks, so the calls have no field for it. */
const answered = new WeakSet<CallScope>();

/** Returns the scope itself, or the nearest one around it, that has not settled. */
export function nearestOpen(scope: Scope | undefined): Scope | undefined {
  while (scope !== undefined && scope.outcome !== 'open') scope = scope.parent;
  return scope;
}

/**
 * Refuses every event once the bus is closed. While it is closing, accepts only events of open scopes that began before
 * and are not streams.
 *
 * @throws EventsError `CLOSED`
 */
export function assertAcceptsEvents(bus: BusState, open: Scope | undefined, what: string): void {
  if (!bus.closing) return;
  const call = open?.root.call;
  if (!bus.closed && open !== undefined && !call?.isRefused && !call?.streaming) return;
  throw tooLate(what);
}

export function tooLate(what: string): EventsError {
  return new EventsError(
    'CLOSED',
    `The bus is closed: ${what} came too late. Stop taking requests, and whatever else calls it, before you close the bus.`,
  );
}
