import type { BusState } from '../model/bus-state.ts';
import { NO_CTX } from '../model/item.ts';
import { givenMeta } from '../scope/meta.ts';
import { runIn, snapshot } from '../scope/storage.ts';
import type { ExternalCall, ExternalScope } from '../types/external-call.ts';
import { openScope, settleScope } from './open-scope.ts';

/** `bus['~open']`: opens a scope for a call of something other than a procedure. */
export function openExternal(bus: BusState, call: ExternalCall): ExternalScope {
  const meta = givenMeta(bus, call.meta);
  const ctx = call.ctx === undefined ? NO_CTX : call.ctx.value;
  const scope = openScope(bus, ctx, call, call.defer);
  scope.meta = meta;
  // A response ends in the async context of its socket, but listeners must run in that of the call.
  const runAsNow = snapshot();
  return {
    run: (fn) => runIn(scope.frame, fn, undefined),
    settle: (outcome) =>
      runAsNow(() => settleScope(scope, outcome.ok, outcome.ok ? undefined : outcome.error)),
  };
}
