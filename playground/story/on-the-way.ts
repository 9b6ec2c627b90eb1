import type { Attempt, Call } from './build.ts';
import { attemptsOf } from './rows.ts';
import { outcomeOfAttempt } from './words.ts';

/** What was given to a queue, and has not been taken from it. */
export interface OnTheWay {
  readonly outcome: 'failed' | 'running' | 'waiting';
  readonly words: string;
}

const DOES = { failed: 'not sent', running: 'being sent', waiting: 'in the queue' } as const;

/** What to say of a story that is not over because of a queue. */
export function onTheWay(calls: readonly Call[]): OnTheWay | undefined {
  const sends = attemptsOf(calls).filter(({ isForwarder }) => isForwarder);
  for (const outcome of ['failed', 'running', 'waiting'] as const) {
    const these = sends.filter((send) => outcomeOfAttempt(send) === outcome);
    if (these.length > 0) return { outcome, words: `${subjectOf(these)} ${DOES[outcome]}` };
  }
  return undefined;
}

function subjectOf(sends: readonly Attempt[]): string {
  return sends.length === 1 ? `${sends[0]!.event.name} is` : `${sends.length} events are`;
}
