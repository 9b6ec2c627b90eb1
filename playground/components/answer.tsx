import { duration, rowsOf, summarize, type Call } from 'trpc-events/inspector/story';
import type { WorkerState } from '../story/worker-state.ts';
import { whyQueued } from '../story/worker-words.ts';
import styles from './answer.module.css';
import { Mark } from './mark.tsx';
import type { Press } from './press.ts';

interface Props {
  press: Press;
  worker: WorkerState | undefined;
  calls: readonly Call[];
  now: number;
  isOver: boolean;
}

/** Two figures: how long the answer took, and what came how long after it. */
export function Answer({ press, worker, calls, now, isOver }: Props) {
  const { ms, says, progress, action } = press;
  const isStream = action === 'import';
  const { mark, words, figure, later } = summarize(calls, {
    now,
    rows: progress?.of,
    whyQueued: whyQueued(worker),
  });
  // A queue hands the work to another process, so no call would have waited for it.
  const isLocal = !isStream && !calls.some(isForwarded);
  const inline = isOver && isLocal && ms !== undefined && later ? duration(ms + later) : undefined;
  return (
    <div className={styles.answer}>
      <dl>
        <div>
          <dt>{isStream ? 'to the first row, in this browser' : 'to answer, as this browser measured it'}</dt>
          <dd data-testid="answered" data-known={ms !== undefined}>
            {ms === undefined ? '–' : duration(ms)}
          </dd>
        </div>
        <div>
          <dt data-testid="words">
            <Mark of={mark} /> {words}
          </dt>
          <dd data-testid="later" data-outcome={mark} data-known={figure !== undefined}>
            {figure ?? '–'}
          </dd>
        </div>
      </dl>
      <p className={styles.says} data-testid="says" aria-live="polite">
        {says ?? 'Waiting for the answer'}
      </p>
      <p className={styles.inline} data-testid="inline">
        {inline !== undefined && `Inline, it would have answered after ${inline}.`}
      </p>
      {/* Read out once, in place of a figure that runs. */}
      <p className="hidden" role="status">
        {isOver && `${words}: ${figure}`}
      </p>
      {isStream && <progress aria-label="Rows" max={progress?.of ?? 1} value={handledIn(calls)} />}
    </div>
  );
}

function isForwarded(call: Call): boolean {
  return rowsOf(call).some((row) => row.kind === 'run' && row.run.kind === 'forwarder');
}

/** How many rows of a stream were handled: the same number as the figure above the bar has. */
function handledIn(calls: readonly Call[]): number {
  const ended = calls
    .flatMap(rowsOf)
    .filter((row) => row.kind === 'run' && row.run.attempts.at(-1)?.to !== undefined);
  return ended.length;
}
