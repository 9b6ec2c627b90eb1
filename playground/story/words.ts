import type { Attempt, Call, Happening } from './build.ts';

/** What became of something: each has a shape, a colour and a word. */
export type Outcome = 'handled' | 'running' | 'waiting' | 'failed' | 'dropped' | 'none';

export function outcomeOfCall({ ok }: Call): Outcome {
  if (ok === undefined) return 'running';
  return ok ? 'handled' : 'failed';
}

export function outcomeOfEvent({ dropped, released, attempts, isUnhandled }: Happening): Outcome {
  if (dropped !== undefined) return 'dropped';
  if (isUnhandled) return 'none';
  if (attempts.length === 0) return released === undefined ? 'waiting' : 'running';
  if (attempts.some(({ ok }) => ok === undefined)) return 'running';
  return attempts.every(({ ok }) => ok) ? 'handled' : 'failed';
}

export function outcomeOfAttempt({ ok }: Attempt): 'running' | 'handled' | 'failed' {
  if (ok === undefined) return 'running';
  return ok ? 'handled' : 'failed';
}

/** Why an event was dropped. */
export function whyDropped({ dropped, by }: Happening): string {
  const error = by?.error ? ` with ${by.error}` : '';
  switch (dropped?.reason) {
    case 'failed':
      return `the call failed${error}`;
    case 'enclosing-failed':
      return 'the call around it failed';
    case 'attempt-failed':
      return `its listener failed${error}`;
    case 'succeeded':
      return 'the call succeeded';
    default:
      return 'the bus is disabled';
  }
}
