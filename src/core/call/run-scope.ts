import type { BusState } from '../model/bus-state.ts';
import { NO_CTX } from '../model/item.ts';
import type { App } from '../model/settings.ts';
import { dispatcher, requireScope, type DispatchFunction } from '../scope/dispatch.ts';
import { givenMeta } from '../scope/meta.ts';
import type { CallScope } from '../scope/scope.ts';
import { restoring, runIn } from '../scope/storage.ts';
import type { DeferStrategy } from '../types/defer.ts';
import { isGeneratorFunction, isThenable } from '../words/guards.ts';
import { anything, badArgument, readOptions } from '../words/options.ts';
import { openScope, settleScope } from './open-scope.ts';

type ScopeFunction = (tools: { readonly dispatch: DispatchFunction }) => unknown;

/** The strategy of `bus.scope`: its caller awaits the flush, because there is no response to wait for. */
const INLINE: DeferStrategy = { name: 'scope', start: (flush) => flush() };

/** `bus.scope`: runs a function in a root scope, or in one nested in the call that runs. */
export async function runScope(bus: BusState, fn: unknown, options: unknown): Promise<unknown> {
  assertFunction('bus.scope', fn);
  const { meta: given } = readOptions('bus.scope', options as { meta?: unknown } | undefined, {
    meta: anything,
  });
  const meta = givenMeta(bus, given);
  const scope = openScope(bus, NO_CTX, undefined, INLINE);
  scope.meta = meta;
  borrowFromParent(scope);
  return run(scope, fn, true);
}

/** `e.scope`: runs a function in a scope nested in the one that runs. Returns a promise only if the function does. */
export function runSavepoint(app: App, fn: unknown): unknown {
  assertFunction('e.scope', fn);
  const { bus } = requireScope(app, 'e.scope');
  const scope = openScope(bus, NO_CTX, undefined, INLINE);
  borrowFromParent(scope);
  return run(scope, fn, false);
}

/** Gives a nested scope the ctx of its call, and the events of that call's `ctx.dispatch`. */
function borrowFromParent(scope: CallScope): void {
  if (scope.parent === undefined) return;
  scope.isSavepoint = true;
  scope.ctx = scope.parent.ctx;
}

function run(scope: CallScope, fn: ScopeFunction, waits: boolean): unknown {
  let returned: unknown;
  try {
    returned = runIn(scope.frame, fn, { dispatch: dispatcher(scope, scope.ctx) });
  } catch (error) {
    const flushed = settleWithin(scope, false, error);
    if (!waits || flushed === undefined) throw error;
    return flushed.then(() => {
      throw error;
    });
  }
  if (isThenable(returned)) return finish(scope, returned);
  const flushed = settleWithin(scope, true);
  return waits && flushed !== undefined ? flushed.then(() => returned) : returned;
}

/** Settles a scope, then restores the caller's frame, because the caller goes on afterwards. */
function settleWithin(scope: CallScope, ok: boolean, error?: unknown): Promise<void> | undefined {
  return restoring(() => settleScope(scope, ok, error));
}

async function finish(scope: CallScope, returned: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await returned;
  } catch (error) {
    await settleScope(scope, false, error);
    throw error;
  }
  await settleScope(scope, true);
  return value;
}

function assertFunction(where: string, fn: unknown): asserts fn is ScopeFunction {
  if (typeof fn === 'function' && !isGeneratorFunction(fn)) return;
  throw badArgument(where, 'the function that it runs', fn);
}
