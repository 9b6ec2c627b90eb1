import { INLINE_BUDGET, MAX_WAIT } from '../core/model/work-group.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import { badArgument, readOptions, milliseconds } from '../core/words/options.ts';
import { flushOnClose, responseIn } from './close.ts';
import { onTimer } from './wait-until.ts';

/** The options of strategies that wait for a response. */
export interface MaxWaitOptions {
  /**
   * Milliseconds after which a call is flushed even if its response is still open, as in a slow batch, and a stream even
   * if it has not yielded. Default: 5,000.
   */
  maxWait?: number | undefined;
}

/**
 * Flushes when the Node response that `source` returns has closed. `auto()` finds the response by itself if it can.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { afterResponse } from 'trpc-events';
 *
 * const events = bus.middleware({ defer: afterResponse<{ res: ServerResponse }>(({ ctx }) => ctx.res) });
 * ```
 */
export function afterResponse<TContext = unknown>(
  source: (call: { readonly ctx: TContext }) => unknown,
  options: MaxWaitOptions = {},
): DeferStrategy<TContext> {
  if (typeof source !== 'function') {
    throw badArgument('afterResponse', 'a function that gives the response', source);
  }
  const { maxWait = MAX_WAIT } = readOptions('afterResponse', options, { maxWait: milliseconds });
  return {
    name: 'afterResponse',
    maxWait,
    start: function afterResponse(flush, call) {
      if (call.streaming) return onTimer(flush);
      const response = responseIn(source(call));
      if (response === undefined)
        return call.signal === undefined ? flush({ budget: INLINE_BUDGET }) : onTimer(flush);
      return flushOnClose(response, flush, call, maxWait);
    },
  };
}
