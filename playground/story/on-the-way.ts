import type { Call } from './build.ts';
import { attemptsOf } from './rows.ts';
import { outcomeOfAttempt } from './words.ts';

/** What was given to a queue, and has not been taken from it. */
export interface OnTheWay {
  readonly outcome: 'failed' | 'running' | 'waiting';
  readonly words: string;
}

/** For one event, and for several. */
const WORDS = {
  failed: ['was not sent', 'were not sent'],
  running: ['is being sent', 'are being sent'],
  waiting: ['is in the queue', 'are in the queue'],
} as const;

/** What to say of a story that is not over because of a queue. `whyQueued`: why nobody takes what is in the queue. */
export function onTheWay(calls: readonly Call[], whyQueued: string): OnTheWay | undefined {
  const sends = attemptsOf(calls).filter(({ isForwarder }) => isForwarder);
  for (const outcome of ['failed', 'running', 'waiting'] as const) {
    const [first, ...others] = sends.filter((send) => outcomeOfAttempt(send) === outcome);
    if (first === undefined) continue;
    const isOne = others.length === 0;
    const subject = isOne ? first.event.name : `${others.length + 1} events`;
    if (outcome === 'waiting' && whyQueued !== '')
      return { outcome, words: `${subject} ${isOne ? 'waits' : 'wait'}: ${whyQueued}` };
    return { outcome, words: `${subject} ${WORDS[outcome][isOne ? 0 : 1]}` };
  }
  return undefined;
}
