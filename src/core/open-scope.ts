import type { BusState } from './bus-state.ts';
import { deferFlush } from './defer-flush.ts';
import { reportHook } from './report.ts';
import { nearestOpen, Scope, takeCommitted, takeSettled, type CallInfo } from './scope.ts';
import { scopeOfBus } from './storage.ts';
import type { DeferStrategy } from './types/defer.ts';

/** Opens a scope below the one that runs, or a root. */
export function openScope(
  bus: BusState,
  ctx: unknown,
  call: CallInfo | undefined,
  defer?: DeferStrategy,
): Scope {
  const parent = nearestOpen(scopeOfBus(bus));
  const scope = new Scope(bus, parent, ctx, call, defer ?? bus.defer);
  bus.openCalls++;
  if (parent === undefined) openDefer(scope);
  else {
    scope.root.hold();
    if (defer !== undefined) replaceDefer(parent, defer, call);
  }
  bus.observed?.scopeOpened(scope);
  return scope;
}

/** The middleware twice in one call: the innermost strategy that was given is the one that counts. */
function replaceDefer(parent: Scope, defer: DeferStrategy, call: CallInfo | undefined): void {
  let outermost: Scope | undefined;
  let above: Scope | undefined = parent;
  while (above?.call !== undefined && above.call.getRawInput === call?.getRawInput) {
    above.defer = defer;
    outermost = above;
    above = above.parent;
  }
  if (outermost !== undefined && outermost === parent.root) openDefer(outermost);
}

function openDefer(scope: Scope): void {
  // Asked for once, it is known when it has resolved.
  if (scope.defer.freezes) void scope.finished;
  if (scope.defer.open === undefined) return;
  try {
    scope.defer.open(scope);
  } catch (thrown) {
    reportHook(scope.bus, `The defer strategy ${scope.defer.name}, in open,`, thrown);
  }
}

/**
 * The outcome of a scope is known. What no open scope is waiting for is flushed or dropped. The caller waits for the
 * promise, if there is one.
 */
export function settleScope(scope: Scope, ok: boolean): Promise<void> | undefined {
  const { bus, root, parent } = scope;
  if (scope.outcome !== 'open') return undefined;
  bus.observed?.scopeSettled(scope, ok);
  scope.outcome = ok ? 'ok' : 'failed';
  const waits = nearestOpen(parent) === undefined ? settleRoot(scope) : undefined;
  scope.ctx = undefined;
  scope.call = undefined;
  if (!scope.streaming) bus.callEnded();
  root.release();
  return waits;
}

function settleRoot(scope: Scope): Promise<void> | undefined {
  const { root, bus } = scope;
  if (root.entries === undefined && bus.observed === undefined) return undefined;
  const kept = takeSettled(root);
  if (kept.length > 0 || bus.observed !== undefined) return deferFlush(scope, kept);
  return undefined;
}

/** A stream takes over the scope of its call: nothing that closes waits for it any more. */
export function beginStreaming(scope: Scope): void {
  scope.streaming = true;
  scope.bus.callEnded();
}

/** A stream has yielded: what came until now succeeded. The pull waits for the promise, if there is one. */
export function commitScope(scope: Scope): Promise<void> | undefined {
  const { root, parent } = scope;
  scope.committed = root.count;
  if (root.entries === undefined || nearestOpen(parent) !== undefined) return undefined;
  const kept = takeCommitted(root);
  return kept.length > 0 ? deferFlush(scope, kept) : undefined;
}
