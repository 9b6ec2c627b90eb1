import type { DeferStrategy } from '../core/types/defer.ts';

/**
 * Flushes before the procedure returns: its caller waits until every event was handled, chained ones included. For a
 * caller that must see the effects, such as an optimistic client that refetches.
 *
 * @example
 * ```ts
 * import { inline } from 'trpc-events';
 *
 * const procedure = t.procedure.use(bus.middleware({ defer: inline() }));
 * ```
 */
export function inline(): DeferStrategy {
  return INLINE;
}

const INLINE: DeferStrategy = Object.freeze({
  name: 'inline',
  start: function inline(flush: () => Promise<void>) {
    return flush();
  },
});
