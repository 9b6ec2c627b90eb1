import { MAX_WAIT } from '../core/model/work-group.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import type { MaxWaitOptions } from '../defer/after-response.ts';
import { auto } from '../defer/auto.ts';
import { flushByFramework } from '../defer/framework.ts';
import { afterwards, platformWaitUntil } from '../defer/platform.ts';

/**
 * Flushes in Next's `after`. If `after` throws (in pages/api, or outside any request), and for streams, it does what
 * `auto()` does. `auto()` also uses `after`, but if the process may be frozen after the response, its callers wait.
 * Choose `nextAfter()` if you know that the process lives on, as on Cloud Run with CPU always allocated.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { nextAfter } from 'trpc-events/next';
 *
 * const bus = e.bus({ handlers: [eventRouter], defer: nextAfter() });
 * ```
 */
export function nextAfter(options: MaxWaitOptions = {}): DeferStrategy {
  const fallback = auto(options);
  const { maxWait = MAX_WAIT } = options;
  return {
    ...fallback,
    name: 'nextAfter',
    start: function nextAfter(start, call) {
      if (
        !call.streaming &&
        flushByFramework(afterwards(platformWaitUntil() !== undefined, start), call, maxWait)
      )
        return undefined;
      return fallback.start(start, call);
    },
  };
}
