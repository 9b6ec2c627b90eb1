import type { BusState } from '../model/bus-state.ts';
import { reportHook } from '../report/report.ts';
import { takeCommitted, takeSettled } from '../scope/judge.ts';
import { CallScope, type CallSource, nearestOpen, type Scope } from '../scope/scope.ts';
import { currentFrame, framesWithout, scopeOfBus } from '../scope/storage.ts';
import type { DeferStrategy } from '../types/defer.ts';
import { guarded } from '../words/guards.ts';
import { deferFlush } from './defer-flush.ts';

/** Opens a scope below the one that runs, or a root. */
export function openScope(
  bus: BusState,
  ctx: unknown,
  source: CallSource | undefined,
  defer?: DeferStrategy,
): CallScope {
  const parent = nearestOpen(scopeOfBus(bus));
  const frame = currentFrame();
  const attempt = frame === undefined ? parent?.attempt : frame.scope.attempt;
  const rest = framesWithout(frame, bus);
  const scope = new CallScope(bus, parent, ctx, source, defer ?? bus.defer, attempt, rest);
  if (scope.isTracked) bus.openCalls++;
  if (parent === undefined) openDefer(scope);
  else {
    scope.root.call?.group.hold();
    const raw = source?.getRawInput;
    if (defer !== undefined && raw !== undefined) replaceDefer(parent, defer, raw);
  }
  bus.observed?.scopeOpened(scope.info);
  return scope;
}

/** The middleware twice in one call: the innermost strategy that was given is the one that counts. */
function replaceDefer(parent: Scope, defer: DeferStrategy, rawInput: unknown): void {
  let above = parent.call;
  while (above !== undefined && above.source?.getRawInput === rawInput) {
    above.defer = defer;
    if (above.parent === undefined) openDefer(above);
    above = above.parent?.call;
  }
}

function openDefer(scope: CallScope): void {
  // Asked for once, it is known when it has resolved.
  if (scope.defer.freezes) void scope.finished;
  if (scope.defer.open === undefined) return;
  guarded(
    () => scope.defer.open?.(scope),
    (thrown) => reportHook(scope.bus, `The defer strategy ${scope.defer.name}, in open,`, thrown),
  );
}

/**
 * The outcome of a scope is known, and if it failed, by what error. What no open scope is waiting for is flushed or
 * dropped. The caller waits for the promise, if there is one.
 */
export function settleScope(scope: CallScope, ok: boolean, error?: unknown): Promise<void> | undefined {
  const { bus, parent } = scope;
  if (scope.outcome !== 'open') return undefined;
  bus.observed?.scopeSettled(scope.info, ok ? { ok } : { ok, error });
  scope.outcome = ok ? 'ok' : 'failed';
  const waits = nearestOpen(parent) === undefined ? settleRoot(scope) : undefined;
  scope.ctx = undefined;
  scope.link = undefined;
  scope.source = undefined;
  uncount(scope);
  scope.detach();
  return waits;
}

function settleRoot(scope: CallScope): Promise<void> | undefined {
  const { root, bus } = scope;
  if (root.entries === undefined && bus.observed === undefined) return undefined;
  const kept = takeSettled(root);
  if (kept.length > 0 || bus.observed !== undefined) return deferFlush(scope, kept);
  return undefined;
}

/** A stream takes over the scope of its call: nothing that closes waits for it any more. */
export function beginStreaming(scope: CallScope): void {
  scope.streaming = true;
  uncount(scope);
}

function uncount(scope: CallScope): void {
  if (!scope.isTracked) return;
  scope.isTracked = false;
  scope.bus.callEnded();
}

/**
 * A stream that was let go of is pulled after all. Whether it was: then the platform is asked once more to keep the
 * process alive, since what it was given may have resolved.
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

/** A stream has yielded: what came until now succeeded. The pull waits for the promise, if there is one. */
export function commitScope(scope: CallScope, isAbandoned = false): Promise<void> | undefined {
  const { root, parent } = scope;
  scope.committedUpTo = root.nextSequence;
  if (root.entries === undefined || nearestOpen(parent) !== undefined) return undefined;
  const kept = takeCommitted(root, isAbandoned);
  return kept.length > 0 ? deferFlush(scope, kept) : undefined;
}
