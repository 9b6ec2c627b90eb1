import type { BusState } from '../bus/bus-state.ts';
import { CallChain } from '../flush/chain.ts';
import type { Meta } from './meta.ts';
import { Scope } from './scope.ts';
import { currentFrame, framesWithout } from './storage.ts';
import type { DeferCall, DeferStrategy } from '../types/defer.ts';
import type { ScopeInfo } from '../types/observer.ts';

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

/** The scope of a procedure call, or of `bus.scope` and `e.scope`. */
export class CallScope extends Scope implements DeferCall {
  readonly kind: 'call' | 'scope';
  readonly path: string | undefined;
  /** Opened after `close`, or within such a call: what it dispatches is refused. */
  readonly isRefused: boolean;
  /** Among the `openCalls` of its bus: `close` waits for it. */
  isCounted: boolean;
  defer: DeferStrategy;
  /** Let go of when it settles: it holds the request. */
  source: CallSource | undefined;
  /** Within another, it borrows ctx and meta from that, whose `ctx.dispatch` dispatches into it. */
  isSavepoint = false;
  meta: Meta | undefined = undefined;
  /** Entries before this place count as those of a success, whatever comes: a stream has yielded since. */
  committed = 0;
  streaming = false;
  info: ScopeInfo | undefined = undefined;
  #isLetGo = false;

  constructor(
    bus: BusState,
    parent: Scope | undefined,
    ctx: unknown,
    source: CallSource | undefined,
    defer: DeferStrategy,
  ) {
    const frame = currentFrame();
    const attempt = frame === undefined ? parent?.attempt : frame.scope.attempt;
    const chain = parent === undefined ? new CallChain() : parent.chain;
    super(bus, parent, ctx, framesWithout(frame, bus), attempt, chain);
    this.call = this;
    this.kind = source === undefined ? 'scope' : 'call';
    this.path = source?.path;
    this.isRefused = parent === undefined ? bus.closing : parent.root.call?.isRefused === true;
    this.isCounted = !this.isRefused;
    this.defer = defer;
    this.source = source;
  }

  get signal(): AbortSignal | undefined {
    return this.source?.signal;
  }

  get response(): unknown {
    return this.source?.response;
  }

  get finished(): Promise<void> {
    return this.chain.finished;
  }

  /** Nothing waits for this call any more: it has settled, or is a stream that nobody pulls. */
  letGo(): void {
    if (this.#isLetGo) return;
    this.#isLetGo = true;
    this.root.call?.chain.release();
  }

  /** The stream is pulled after all. Whether it had been let go of. */
  takeUp(): boolean {
    if (!this.#isLetGo) return false;
    this.#isLetGo = false;
    this.root.call?.chain.hold();
    return true;
  }

  responseSent(): void {
    this.bus.observed?.responseSent(this);
  }
}
