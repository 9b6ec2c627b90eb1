import { INLINE_BUDGET } from '../core/model/work-group.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import { readOptions, milliseconds } from '../core/words/options.ts';

/** The options of strategies that make a caller or a platform wait for the listeners. */
export interface BudgetOptions {
  /**
   * How long listeners may be retried, in ms from the start of the flush. A wait that doesn't fit is not started, so the
   * attempt before it is the last. The budget doesn't end a running attempt, but `timeout` does. If `limits.pending` is
   * reached, the caller of `inline` waits at most the budget. Default: 10,000, or 25,000 with `waitUntil`.
   */
  budget?: number | undefined;
}

/**
 * Flushes before the procedure returns. Its caller waits until every event is handled, including chained events and
 * retries. Use it if the caller must see the effects, such as an optimistic client that refetches.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { inline } from 'trpc-events';
 *
 * const procedure = t.procedure.use(bus.middleware({ defer: inline({ budget: 2000 }) }));
 * ```
 */
export function inline(options?: BudgetOptions): DeferStrategy {
  const { budget = INLINE_BUDGET } = readOptions('inline', options, { budget: milliseconds });
  return {
    name: 'inline',
    start: function inline(flush) {
      return flush({ budget });
    },
  };
}
