/**
 * This room says how a call begins, and what happens when it settles.
 *
 * 1. `openScope` opens a scope within the one that runs, or a root. The defer strategy of a root hears of it at once,
 *    since some platforms take a promise only then.
 * 2. The call runs in that scope: a procedure (`src/trpc`), `bus.scope` and `e.scope` (`run-scope.ts`), or a function
 *    that `withEvents` wraps (`open-external.ts`). A stream keeps its scope open, and commits it at each yield.
 * 3. `settleScope` sets the outcome. If no scope around it is open, the kept events go to `defer-flush.ts`, which lets
 *    the strategy pick the moment of the flush.
 *
 * @module
 */
import type { BusState } from '../model/bus-state.ts';
import { reportHook } from '../report/report.ts';
import { takeCommitted, takeSettled } from '../scope/judge.ts';
import { CallScope, nearestOpen, type CallSource, type Scope } from '../scope/scope.ts';
import { currentFrame, framesWithout, scopeOfBus } from '../scope/storage.ts';
import type { DeferStrategy } from '../types/defer.ts';
import { isThenable, memberOf } from '../words/guards.ts';
import { deferFlush } from './defer-flush.ts';

/** Opens a scope within the one that runs, or a root. */
export function openScope(
  bus: BusState,
  ctx: unknown,
  source: CallSource | undefined,
  defer?: DeferStrategy,
): CallScope {
  const parent = nearestOpen(scopeOfBus(bus));
  const frame = currentFrame();
  const attempt = frame?.scope.attempt;
  const rest = framesWithout(frame, bus);
  const scope = new CallScope(bus, parent, ctx, source, defer ?? bus.defer, attempt, rest);
  if (scope.isTracked) bus.openCalls++;
  if (parent === undefined) openDefer(scope);
  else {
    scope.root.call?.group.enter();
    const callKey = source?.getRawInput;
    if (defer !== undefined && callKey !== undefined) replaceDefer(parent, defer, callKey);
  }
  if (bus.observed?.seesScopes) bus.observed.scopeOpened(scope.info);
  return scope;
}

/** Handles a second middleware on one call: the innermost strategy that was given counts. */
function replaceDefer(parent: Scope, defer: DeferStrategy, callKey: unknown): void {
  let above = parent.call;
  while (above !== undefined && above.source?.getRawInput === callKey) {
    above.replaceDefer(defer);
    if (above.parent === undefined) openDefer(above);
    above = above.parent?.call;
  }
}

function openDefer(scope: CallScope): void {
  // `whenFinished` marks the call as waited for. A platform that freezes waits from the start, and only a marked call
  // can tell which dispatches are late.
  if (scope.defer.freezes) void scope.group.whenFinished();
  try {
    const returned: unknown = memberOf(scope.defer, 'open')?.call(scope.defer, scope);
    if (isThenable(returned)) Promise.resolve(returned).catch((thrown) => reportOpen(scope, thrown));
  } catch (thrown) {
    reportOpen(scope, thrown);
  }
}

function reportOpen({ bus, defer }: CallScope, thrown: unknown): void {
  reportHook(bus, `The defer strategy ${defer.name}, in open,`, thrown);
}

/**
 * Settles a scope: its outcome is known, and its error if it failed. If no scope around it is open, its events are
 * flushed or dropped. Returns a promise if the caller must wait for the flush.
 */
export function settleScope(scope: CallScope, ok: boolean, error?: unknown): Promise<void> | undefined {
  const { bus, parent } = scope;
  if (scope.outcome !== 'open') return undefined;
  if (bus.observed?.seesScopes) bus.observed.scopeSettled(scope.info, ok ? { ok } : { ok, error });
  scope.outcome = ok ? 'ok' : 'failed';
  const waits = nearestOpen(parent) === undefined ? releaseEntries(scope) : undefined;
  scope.ctx = undefined;
  scope.link = undefined;
  scope.source = undefined;
  untrack(scope);
  scope.detach();
  return waits;
}

/** Judges the entries of the root, now that no scope is open, and defers their flush by this scope's strategy. */
function releaseEntries(scope: CallScope): Promise<void> | undefined {
  const { root, bus } = scope;
  // Observers of responses need the strategy even for an empty flush: only it can tell when the response was sent.
  const isAwaited = bus.observed?.awaitsResponses === true;
  if (root.entries === undefined && !isAwaited) return undefined;
  const kept = takeSettled(root);
  if (isAwaited) {
    const isDirect = bus.settings.watchResponse?.(scope);
    if (isDirect !== undefined && scope.kind === 'call') bus.observed?.responseUnknown(scope.info, isDirect);
  }
  if (kept.length > 0 || isAwaited) return deferFlush(scope, kept);
  return undefined;
}

/** Turns the scope of a call into that of a stream, for which `close` does not wait. */
export function beginStreaming(scope: CallScope): void {
  scope.streaming = true;
  untrack(scope);
}

function untrack(scope: CallScope): void {
  if (!scope.isTracked) return;
  scope.isTracked = false;
  scope.bus.callEnded();
}

/**
 * Reattaches a stream that is pulled after all. Returns false if it was not detached. The platform is asked again to
 * keep the process alive, because the promise that it got may have resolved.
 */
export function reattachScope(scope: CallScope): boolean {
  const { call } = scope.root;
  const wasOver = call?.group.isOver(scope.bus);
  if (!scope.reattach()) return false;
  if (call !== undefined && wasOver) {
    call.group.renew();
    openDefer(call);
  }
  return true;
}

/** Commits a stream that has yielded: its events so far are kept. Returns a promise if the pull must wait for it. */
export function commitScope(scope: CallScope, isAbandoned = false): Promise<void> | undefined {
  const { root, parent } = scope;
  scope.committedUpTo = root.nextSequence;
  if (root.entries === undefined || nearestOpen(parent) !== undefined) return undefined;
  const kept = takeCommitted(root, isAbandoned);
  return kept.length > 0 ? deferFlush(scope, kept) : undefined;
}
