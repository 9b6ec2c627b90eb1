/** A framework's way to run something after a response, whatever request it is called in. Throws where it can't. */
type After = (task: () => Promise<void>) => void;

/** `trpc-events/next` puts Next's there: for all copies of this package in a process. */
const KEY = Symbol.for('trpc-events.after.1');
const shared = globalThis as { [KEY]?: After | undefined };

export function offerAfter(after: After): void {
  shared[KEY] = after;
}

/** Whether the framework has taken it. */
export function frameworkAfter(flush: () => Promise<void>): boolean {
  if (shared[KEY] === undefined) return false;
  try {
    shared[KEY](flush);
    return true;
  } catch {
    // Outside its requests, and in those of pages/api, Next's throws.
    return false;
  }
}
