import { INLINE_BUDGET, MAX_WAIT } from '../core/model/work-group.ts';
import type { DeferCall, DeferStrategy } from '../core/types/defer.ts';
import { readOptions, milliseconds } from '../core/words/options.ts';
import type { MaxWaitOptions } from './after-response.ts';
import { responseOf } from './call-response.ts';
import { flushOnClose } from './close.ts';
import { flushByFramework } from './framework.ts';
import { afterwards, platformWaitUntil, tellOfDoubt, thisPlatform } from './platform.ts';
import { onTimer } from './wait-until.ts';

/**
 * The default strategy. If the platform offers a `waitUntil`, it gets a promise when the scope opens. The flush starts
 * in Next's `after`, if `trpc-events/next` is loaded and `after` works; else when the call's Node response closes; else
 * on a timer, if the call has an abort signal (WebSocket, Bun, Deno, fetch); else inline (direct callers, scripts,
 * tests). If the process may be frozen after the response and there is no `waitUntil`, the flush is always inline.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { auto } from 'trpc-events';
 *
 * const bus = e.bus({ handlers: [eventRouter], defer: auto({ maxWait: 1000 }) });
 * ```
 */
export function auto(options: MaxWaitOptions = {}): DeferStrategy {
  const { maxWait = MAX_WAIT } = readOptions('auto', options, { maxWait: milliseconds });
  const platform = thisPlatform();
  /** Calls that the platform keeps the process alive for. */
  const kept = new WeakSet<DeferCall>();
  let isTold = false;
  return {
    name: 'auto',
    maxWait,
    freezes: platform.freezes,
    open: function auto(call) {
      kept.delete(call);
      const waitUntil = platformWaitUntil();
      if (waitUntil === undefined) {
        if (!isTold) tellOfDoubt(platform);
        isTold = true;
        return;
      }
      waitUntil(call.finished);
      kept.add(call);
    },
    start: function auto(start, call) {
      if (platform.freezes && !kept.has(call)) return start({ budget: INLINE_BUDGET });
      const flush = afterwards(kept.has(call), start);
      if (call.streaming) return onTimer(flush);
      // Next's `after` comes first: Next.js purges what listeners revalidate (`revalidateTag`) only at its end.
      if (flushByFramework(flush, call, maxWait)) return undefined;
      const response = responseOf(call);
      if (response === undefined)
        return call.signal === undefined ? start({ budget: INLINE_BUDGET }) : onTimer(flush);
      return flushOnClose(response, flush, call, maxWait);
    },
  };
}
