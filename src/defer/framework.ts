import type { DeferCall } from '../core/types/defer.ts';
import { whenSent } from './close.ts';

/** Runs a task after the current request's response, and waits for it before the process ends. Throws if it can't. */
type After = (task: () => Promise<void>) => void;

/** `trpc-events/next` stores Next's `after` under this key, for all copies of this package in a process. */
const KEY = Symbol.for('trpc-events.after.1');
const shared = globalThis as { [KEY]?: After | undefined };

export function offerAfter(after: After): void {
  shared[KEY] = after;
}

/** Runs a task after the response. Returns false if the framework can't. */
export function runByFramework(task: () => Promise<void>): boolean {
  try {
    if (shared[KEY] === undefined) return false;
    shared[KEY](task);
    return true;
  } catch {
    // Next's `after` throws outside its requests, and in those of pages/api.
    return false;
  }
}

/** Flushes after the response, at the latest `maxWait` ms from now. Returns false if the framework can't. */
export function flushByFramework(flush: () => Promise<void>, call: DeferCall, maxWait: number): boolean {
  let sent!: () => Promise<void>;
  if (!runByFramework(() => sent())) return false;
  sent = whenSent(flush, call, maxWait);
  return true;
}

/** Returns true for the error of Next's `redirect()`, which is no failure. An error that throws when read is not one. */
export function isRedirect(thrown: unknown): boolean {
  try {
    const { digest } = thrown as { digest?: unknown };
    return typeof digest === 'string' && digest.startsWith('NEXT_REDIRECT;');
  } catch {
    return false;
  }
}
