import type { Happening } from './model.ts';
import type { Parent } from './tree.ts';

/**
 * Finds the parent of an event if the attempt that dispatched it isn't known: an attempt on the event that caused it, in
 * the same process if there is one, else the forwarder that sent the causing event on.
 */
export function parentFrom(cause: Happening, process: string, at: number): Parent {
  const attempts = cause.runs.flatMap((run) => run.attempts);
  const here = attempts.filter(({ run, from }) => run.process === process && from <= at);
  const there = attempts.filter(({ run }) => run.kind === 'forwarder');
  return here.at(-1) ?? there.at(-1) ?? attempts.at(-1) ?? cause.by;
}
