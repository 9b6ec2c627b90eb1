import { describeRun } from './describe-run.ts';
import { visible } from './format.ts';
import type { Run } from './model.ts';

/** Events that were given to a queue, and have not been taken from it. */
export interface OnTheWay {
  readonly mark: 'failed' | 'running' | 'waiting';
  readonly words: string;
}

/** The words for one event, and for several. */
const WORDS = {
  failed: ['was not sent', 'were not sent'],
  running: ['is being sent', 'are being sent'],
  waiting: ['is in the queue', 'are in the queue'],
} as const;

/** Says what is not over because of a queue. `whyQueued` is why nobody takes what is in the queue, or empty. */
export function onTheWay(forwarders: readonly Run[], whyQueued: string, now: number): OnTheWay | undefined {
  for (const mark of ['failed', 'running', 'waiting'] as const) {
    const [first, ...others] = forwarders.filter((run) => markOf(run, now) === mark);
    if (first === undefined) continue;
    const isOne = others.length === 0;
    const subject = isOne ? visible(first.event.about.name) : `${others.length + 1} events`;
    if (mark === 'waiting' && whyQueued !== '')
      return { mark, words: `${subject} ${isOne ? 'waits' : 'wait'}: ${whyQueued}` };
    return { mark, words: `${subject} ${WORDS[mark][isOne ? 0 : 1]}` };
  }
  return undefined;
}

/** Returns the mark of an event on its way. A sent event waits in the queue until it is taken. */
function markOf(run: Run, now: number): OnTheWay['mark'] | undefined {
  const { mark } = describeRun(run, now);
  if (mark === 'failed' || mark === 'running') return mark;
  if (mark === 'waiting') return 'running';
  return mark === 'sent' && !isTaken(run) ? 'waiting' : undefined;
}

/** Returns true if what a forwarder sent was taken from its queue. */
export function isTaken({ event, process: own }: Run): boolean {
  return event.arrivals.length > 0 || event.runs.some(({ process }) => process !== own);
}
