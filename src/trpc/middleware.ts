import { openScope, settleScope } from '../core/call/open-scope.ts';
import type { BusState } from '../core/model/bus-state.ts';
import { dispatcher } from '../core/scope/dispatch.ts';
import type { CallSource } from '../core/scope/scope.ts';
import { enterAndCall } from '../core/scope/storage.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';
import { isAsyncIterable, streamIterable } from './iterable.ts';
import { isObservable, streamObservable } from './observable.ts';
import type { BreakConnection } from './stream-scope.ts';

/** The parts of tRPC's middleware options that are used. */
interface CallOptions extends CallSource {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly ctx: unknown;
  readonly next: (options: { ctx: object }) => Promise<CallResult>;
}
/** The parts of the result of `next()` that are used. In tRPC itself, `next()` never rejects. */
interface CallResult {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { readonly cause?: unknown };
}

const TURN = Promise.resolve();

/**
 * Makes a tRPC middleware that opens a scope for each call, and flushes it when the call has succeeded. A procedure
 * that is a server action, through tRPC's `nextAppDirCaller`, may end by throwing a redirect, which is a success.
 */
export function eventsMiddleware(
  bus: BusState,
  defer: DeferStrategy | undefined,
  isRedirect: (thrown: unknown) => boolean,
  breakConnection: BreakConnection,
) {
  return async function events(opts: CallOptions): Promise<CallResult> {
    const scope = openScope(bus, opts.ctx, opts, defer);
    // The rest runs in its own turn, so `enterAndCall` may leave its frame set: nothing after it needs the old one.
    await TURN;
    let result: CallResult;
    try {
      result = await enterAndCall(scope.frame, opts.next, { ctx: { dispatch: dispatcher(scope, opts.ctx) } });
    } catch (error) {
      await settleScope(scope, false, error);
      throw error;
    }
    if (result.ok && isObject(result.data)) {
      if (isAsyncIterable(result.data)) {
        return { ...result, data: streamIterable(scope, result.data, breakConnection) };
      }
      if (opts.type === 'subscription' && isObservable(result.data)) {
        return { ...result, data: streamObservable(scope, result.data, breakConnection) };
      }
    }
    const waits = settleScope(scope, result.ok || isRedirect(result.error?.cause), result.error);
    if (waits !== undefined) await waits;
    return result;
  };
}
