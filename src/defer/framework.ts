import type { DeferCall } from '../core/types/defer.ts';
import { whenSent } from './close.ts';

/** Runs a task after the response of whatever request it is called in, and waits for it before the process ends. Throws where it can't. */
type After = (task: () => Promise<void>) => void;

/** `trpc-events/next` puts Next's there: for all copies of this package in a process. */
const KEY = Symbol.for('trpc-events.after.1');
const shared = globalThis as { [KEY]?: After | undefined };

export function offerAfter(after: After): void {
  shared[KEY] = after;
}

/** Flushes after the response, and at the latest `maxWait` ms from now, where the framework can. Whether it can. */
export function flushByFramework(flush: () => Promise<void>, call: DeferCall, maxWait: number): boolean {
  let sent!: () => Promise<void>;
  try {
    if (shared[KEY] === undefined) return false;
    shared[KEY](() => sent());
  } catch {
    // Outside its requests, and in those of pages/api, Next's throws.
    return false;
  }
  sent = whenSent(flush, call, maxWait);
  return true;
}

/** Whether it is what Next's `redirect()` throws, and answers with: no failure. As elsewhere, what throws when it is looked at is none. */
export function isRedirect(thrown: unknown): boolean {
  try {
    const { digest } = thrown as { digest?: unknown };
    return typeof digest === 'string' && digest.startsWith('NEXT_REDIRECT;');
  } catch {
    return false;
  }
}
