import type { DeferCall } from '../core/types/defer.ts';

/** Runs a task after the response of whatever request it is called in, or waits for a promise before the process ends. */
type Task = Promise<void> | (() => Promise<void>);
/** Throws where it can't. */
type After = (task: Task) => void;

/** `trpc-events/next` puts Next's there: for all copies of this package in a process. */
const KEY = Symbol.for('trpc-events.after.1');
const shared = globalThis as { [KEY]?: After | undefined };

export function offerAfter(after: After): void {
  shared[KEY] = after;
}

/** Flushes after the response, and at the latest `maxWait` ms from now, where the framework can. Whether it can. */
export function flushByFramework(flush: () => Promise<void>, call: DeferCall, maxWait: number): boolean {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isTaken = frameworkAfter(() => {
    clearTimeout(timer);
    call.responseSent();
    return flush();
  });
  if (isTaken) timer = setTimeout(flush, maxWait);
  return isTaken;
}

/** Whether the framework has taken it. */
export function frameworkAfter(task: Task): boolean {
  if (shared[KEY] === undefined) return false;
  try {
    shared[KEY](task);
    return true;
  } catch {
    // Outside its requests, and in those of pages/api, Next's throws.
    return false;
  }
}
