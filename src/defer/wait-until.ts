import { INLINE_BUDGET } from '../core/model/work-group.ts';
import type { DeferCall, DeferStrategy } from '../core/types/defer.ts';
import { badArgument, readOptions, milliseconds } from '../core/words/options.ts';
import type { BudgetOptions } from './inline.ts';

/** How long listeners may be retried while a platform keeps the process alive, in ms. */
export const WAIT_UNTIL_BUDGET = 25_000;

/** Keeps the process alive until a promise settles. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/**
 * Flushes after the response, on a platform that freezes the process unless it gets a promise. The promise is passed
 * when the scope opens, because the platform may not accept a later one.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { waitUntil } from 'trpc-events';
 *
 * const events = bus.middleware({ defer: waitUntil<{ execution: ExecutionContext }>(({ ctx }) => (promise) => ctx.execution.waitUntil(promise)) });
 * ```
 */
export function waitUntil<TContext = unknown>(
  source: (call: { readonly ctx: TContext }) => WaitUntil,
  options: BudgetOptions = {},
): DeferStrategy<TContext> {
  if (typeof source !== 'function') {
    throw badArgument('waitUntil', "a function that gives the platform's waitUntil", source);
  }
  const { budget = WAIT_UNTIL_BUDGET } = readOptions('waitUntil', options, { budget: milliseconds });
  /** Calls whose promise the platform did not accept: their callers wait. */
  const refused = new WeakSet<DeferCall>();
  return {
    name: 'waitUntil',
    freezes: true,
    open: function waitUntil(call) {
      refused.add(call);
      source(call)(call.finished);
      refused.delete(call);
    },
    start: (flush, call) =>
      refused.has(call) ? flush({ budget: INLINE_BUDGET }) : onTimer(() => flush({ budget })),
  };
}

/** Flushes after the code that runs now, which on most platforms is after the response. */
export function onTimer(flush: () => Promise<void>): void {
  setTimeout(() => void flush(), 0);
}
