import type { EventObserver } from 'trpc-events';
import { shortId } from 'trpc-events/inspector/story';

/** Prints a line of the worker. */
export function log(line: string): void {
  console.log(`worker ${process.pid}: ${line}`);
}

/** Prints what the worker fails with, and lets it end with an exit code that says so. */
export function logFailure(error: Error): void {
  console.error(`worker ${process.pid}: ${error.message}`);
  process.exitCode = 1;
}

/** Prints what each listener and forwarder of the worker did. */
export const logObserver: EventObserver = {
  name: 'log',
  async wrapAttempt({ events, listener }, run) {
    const outcome = await run();
    for (const { name, id } of events)
      log(`${name} ${shortId(id)}, ${listener}: ${outcome.ok ? 'done' : 'failed'}`);
  },
};
