import { takenAt, type Attempt, type Call, type Happening } from './build.ts';

/** What became of something: each has a shape, a colour and a word. */
export type Outcome = 'handled' | 'sent' | 'running' | 'waiting' | 'failed' | 'dropped' | 'none';

export function outcomeOfCall({ ok }: Call): Outcome {
  if (ok === undefined) return 'running';
  return ok ? 'handled' : 'failed';
}

export function outcomeOfEvent({ dropped, released, attempts, isUnhandled }: Happening): Outcome {
  if (dropped !== undefined) return 'dropped';
  if (isUnhandled) return 'none';
  if (attempts.length === 0) return released === undefined ? 'waiting' : 'running';
  const outcomes = new Set(attempts.map(outcomeOfAttempt));
  const worst = (['running', 'failed', 'waiting'] as const).find((it) => outcomes.has(it));
  return worst ?? 'handled';
}

/** What was sent waits in the queue until the other end has taken it. */
export function outcomeOfAttempt(attempt: Attempt): 'running' | 'handled' | 'sent' | 'waiting' | 'failed' {
  const { ok, isForwarder } = attempt;
  if (ok === undefined) return 'running';
  if (!ok) return 'failed';
  if (!isForwarder) return 'handled';
  return takenAt(attempt) === undefined ? 'waiting' : 'sent';
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
