import { INLINE_BUDGET } from '../core/model/work-group.ts';
import type { DeferStrategy } from '../core/types/defer.ts';
import { checkOptions, milliseconds } from '../core/words/options.ts';

/** The options of strategies under which somebody waits for the listeners. */
export interface BudgetOptions {
  /**
   * How long listeners may go on to be retried, in ms since the flush began: a wait that does not fit is not begun, and
   * the attempt before it was the last. It ends no attempt that runs: `timeout` does. Default: 10,000; under a
   * `waitUntil` 25,000.
   */
  budget?: number | undefined;
}

/**
 * Flushes before the procedure returns: its caller waits until every event was handled, chained ones and retries
 * included. For a caller that must see the effects, such as an optimistic client that refetches.
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
export function inline(options: BudgetOptions = {}): DeferStrategy {
  checkOptions('inline', options, { budget: milliseconds });
  const { budget = INLINE_BUDGET } = options;
  return {
    name: 'inline',
    start: function inline(flush) {
      return flush({ budget });
    },
  };
}
