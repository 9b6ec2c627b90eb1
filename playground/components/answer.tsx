import type { Call } from '../story/build.ts';
import { duration } from '../story/format.ts';
import { summarize } from '../story/summary.ts';
import styles from './answer.module.css';
import { Mark } from './mark.tsx';
import type { Press } from './press.ts';

interface Props {
  press: Press;
  calls: readonly Call[];
  now: number;
}

/** Two figures: how long the answer took, and what came how long after it. */
export function Answer({ press, calls, now }: Props) {
  const { ms, state, says, progress, action } = press;
  const isStream = action === 'import';
  const summary = summarize(calls, now, isStream, progress?.of);
  const { outcome, words, later } = summary;
  return (
    <div className={styles.answer}>
      <dl>
        <div>
          <dt>{isStream ? 'to the first row, in this browser' : 'to answer, as this browser measured it'}</dt>
          <dd data-testid="answered">{ms === undefined ? '…' : duration(ms)}</dd>
        </div>
        <div>
          <dt data-testid="words">
            <Mark of={outcome} /> {words}
          </dt>
          <dd data-testid="later" data-outcome={outcome}>
            {later === undefined ? summary.figure : `${duration(later)} later`}
          </dd>
        </div>
      </dl>
      <p className={styles.says} data-testid="says" aria-live="polite">
        {says ?? 'Waiting for the answer'}
      </p>
      {progress && state !== 'broken' && <progress max={progress.of} value={progress.done} />}
    </div>
  );
}
