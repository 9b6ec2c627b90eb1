import type { BusState } from '../model/bus-state.ts';
import type { Cause, Item } from '../model/item.ts';
import { CallWorkGroup, type WorkGroup } from '../model/work-group.ts';
import type { DeferCall, DeferStrategy } from '../types/defer.ts';
import type { When } from '../types/dispatch.ts';
import type { ScopeInfo } from '../types/observer.ts';
import type { EventsError } from '../words/errors.ts';

/** An event that waits in a scope. */
export interface Entry extends Item {
  readonly when: When;
  readonly scope: Scope;
  /** Its place among all that was dispatched below an outermost scope. */
  readonly sequence: number;
}

/**
 * What the AsyncLocalStorage holds: the scope that runs, for each bus of which one runs. At most one frame a bus, so
 * that it doesn't grow where timers and calls start one another; the latest stands first.
 */
export interface Frame {
  readonly scope: Scope;
  readonly rest: Frame | undefined;
}

/**
 * What one procedure call, or one attempt of a listener, dispatched. Its events stand in one list at the outermost
 * scope, in the order of their dispatch, so nothing moves when an inner scope settles: an entry is judged by all scopes
 * above it when the last of them has settled.
 */
export interface Scope extends Frame {
  readonly bus: BusState;
  readonly parent: Scope | undefined;
  readonly root: Scope;
  /** Of the root: what waits for all that comes of it, late or not. */
  readonly group: WorkGroup;
  /** Itself, if it is a call, and no attempt. */
  readonly call: CallScope | undefined;
  /** Itself, if it is an attempt; else the one that it runs in, or was started from. */
  readonly attempt: Cause | undefined;
  readonly isAttempt: boolean;
  /** Nothing of what it dispatches is kept, whatever its `when`. */
  readonly discardsAll: boolean;
  /** What the AsyncLocalStorage holds while it runs. */
  readonly frame: Frame;
  /** Let go of when it settles: a timer that was started here may hold the scope for long. */
  readonly ctx: unknown;
  readonly outcome: 'open' | 'ok' | 'failed';
  /** Of a root: what waits. */
  entries: Entry[] | undefined;
  /** Of a root: how much ever was dispatched below it. */
  nextSequence: number;
}

/** The call that a scope is opened for: tRPC's options of a middleware, or what `bus['~run']` was given. */
export interface CallSource {
  readonly path?: string | undefined;
  readonly type?: 'query' | 'mutation' | 'subscription' | undefined;
  /** Read late: Next's may throw. */
  readonly signal?: AbortSignal | undefined;
  readonly response?: unknown;
  readonly batchIndex?: number | undefined;
  /** The same function all along the middlewares of one call. */
  readonly getRawInput?: unknown;
}

/** The meta of one event, or why there is none. */
export interface Meta {
  readonly value: unknown;
  readonly error: EventsError | undefined;
  /** Given for a whole scope: it goes before what a cause carries. */
  readonly given?: boolean;
}

/** The scope of a procedure call, or of `bus.scope` and `e.scope`. */
export class CallScope implements Scope, DeferCall {
  readonly bus: BusState;
  readonly parent: Scope | undefined;
  readonly root: Scope;
  readonly group: WorkGroup;
  readonly attempt: Cause | undefined;
  /** Where scopes of other buses run here too: what the AsyncLocalStorage holds then. Let go of when it settles. */
  link: Frame | undefined;
  ctx: unknown;
  outcome: Scope['outcome'] = 'open';
  entries: Entry[] | undefined = undefined;
  nextSequence = 0;
  readonly kind: 'call' | 'scope';
  readonly path: string | undefined;
  /** Opened after `close`, or within such a call: what it dispatches is refused. */
  readonly isRefused: boolean;
  /** Among the `openCalls` of its bus: `close` waits for it. */
  isTracked: boolean;
  defer: DeferStrategy;
  /** Let go of when it settles: it holds the request. */
  source: CallSource | undefined;
  /** Within another, it borrows ctx and meta from that, whose `ctx.dispatch` dispatches into it. */
  isSavepoint = false;
  meta: Meta | undefined = undefined;
  /** Entries before this place count as those of a success, whatever comes: a stream has yielded since. */
  committedUpTo = 0;
  streaming = false;
  #info: ScopeInfo | undefined = undefined;
  #isDetached = false;

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
    this.group = parent === undefined ? new CallWorkGroup() : parent.group;
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

  get rest(): undefined {
    return undefined;
  }

  get call(): this {
    return this;
  }

  get isAttempt(): boolean {
    return false;
  }

  get discardsAll(): boolean {
    return false;
  }

  get signal(): AbortSignal | undefined {
    return this.source?.signal;
  }

  get response(): unknown {
    return this.source?.response;
  }

  get finished(): Promise<void> {
    return this.group.finished;
  }

  /** The scope as observers see it: one object, for as long as it lives. */
  get info(): ScopeInfo {
    return (this.#info ??= Object.freeze({
      kind: this.kind,
      path: this.path,
      type: this.source?.type,
      batchIndex: this.source?.batchIndex,
      parent: this.parent?.call?.info,
      attempt: this.attempt?.info,
    }));
  }

  /** Nothing waits for this call any more: it has settled, or is a stream that nobody pulls. */
  detach(): void {
    if (this.#isDetached) return;
    this.#isDetached = true;
    this.root.call?.group.release();
  }

  /** The stream is pulled after all. Whether it had been let go of. */
  reattach(): boolean {
    if (!this.#isDetached) return false;
    this.#isDetached = false;
    this.root.call?.group.hold();
    return true;
  }

  responseSent(): void {
    this.bus.observed?.responseSent(this.info);
  }
}

/** The scope itself, or the nearest around it, that has not settled. */
export function nearestOpen(scope: Scope | undefined): Scope | undefined {
  while (scope !== undefined && scope.outcome !== 'open') scope = scope.parent;
  return scope;
}

/** Whether a bus that is closing still takes events from a scope: it began before, and is no stream. */
export function acceptsEvents(bus: BusState, open: Scope | undefined): boolean {
  const call = open?.root.call;
  return !bus.closed && open !== undefined && !call?.isRefused && !call?.streaming;
}
