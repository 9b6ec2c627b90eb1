import type { DeferStrategy } from '../core/types/defer.ts';
import { MAX_WAIT, type MaxWaitOptions } from '../defer/after-response.ts';
import { auto } from '../defer/auto.ts';
import { flushByFramework } from '../defer/framework.ts';
import { afterwards, platformWaitUntil } from '../defer/platform.ts';

/**
 * Flushes by Next's `after`. Where that throws, as in pages/api and outside any request, and for what streams yield, it
 * does what `auto()` does. `auto()` asks for `after`, too, but where the process may be frozen after the response, its
 * callers wait: choose this where you know that it goes on, as on Cloud Run with CPU always allocated.
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
