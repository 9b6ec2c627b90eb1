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

/** Shows two figures: how long the answer took, and how long after it the listeners were done. */
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
      {/* Screen readers announce only the final figure, because the visible one changes all the time. */}
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

/** Returns how many rows of a stream were handled, which the figure above the bar shows, too. */
function handledIn(calls: readonly Call[]): number {
  const ended = calls
    .flatMap(rowsOf)
    .filter((row) => row.kind === 'run' && row.run.attempts.at(-1)?.to !== undefined);
  return ended.length;
}
