import type { BusState } from '../model/bus-state.ts';
import { NO_CTX } from '../model/item.ts';
import { checkMeta } from '../scope/meta.ts';
import { runIn } from '../scope/storage.ts';
import type { ExternalCall } from '../types/external-call.ts';
import type { Outcome } from '../types/observer.ts';
import { openScope, settleScope } from './open-scope.ts';

/** `bus['~run']`: runs a call that is no procedure in a scope. The caller's functions judge its outcome. */
export async function runExternal<R>(bus: BusState, call: ExternalCall<R>): Promise<Awaited<R>> {
  const meta =
    call.meta === undefined ? undefined : { value: checkMeta(bus, call.meta), error: undefined, given: true };
  const ctx = call.ctx === undefined ? NO_CTX : call.ctx.value;
  const scope = openScope(bus, ctx, call, call.defer);
  scope.meta = meta;
  let returned: Awaited<R>;
  try {
    returned = await runIn(scope.frame, () => call.run(), undefined);
  } catch (thrown) {
    const outcome = judge(() => call.outcomeOfThrow(thrown), { ok: false, error: thrown });
    await settleScope(scope, outcome.ok, outcome.ok ? undefined : outcome.error);
    throw thrown;
  }
  const outcome = judge(() => call.outcomeOfReturn(returned), { ok: true });
  await settleScope(scope, outcome.ok, outcome.ok ? undefined : outcome.error);
  return returned;
}

/** Judges a result that the application made. Reading it may throw: then a return is a success, and a throw a failure. */
function judge(look: () => Outcome, otherwise: Outcome): Outcome {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
