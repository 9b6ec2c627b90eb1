import type { Call } from '../story/build.ts';
import { duration } from '../story/format.ts';
import { attemptsOf } from '../story/rows.ts';
import { summarize } from '../story/summary.ts';
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
  const summary = summarize(calls, { now, isStream, rows: progress?.of, whyQueued: whyQueued(worker) });
  const { outcome, words, later } = summary;
  const figure = later === undefined ? summary.figure : `${duration(later)} later`;
  // The same number as the figure above the bar has.
  const handled = attemptsOf(calls).filter(({ ok, isForwarder }) => ok !== undefined && !isForwarder).length;
  const inline = isOver && !isStream && ms !== undefined && later ? duration(ms + later) : undefined;
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
            <Mark of={outcome} /> {words}
          </dt>
          <dd data-testid="later" data-outcome={outcome} data-known={figure !== undefined}>
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
      {isStream && <progress aria-label="Rows" max={progress?.of ?? 1} value={handled} />}
    </div>
  );
}
