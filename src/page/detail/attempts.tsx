import { describeAttempt } from '../../story/describe-run.ts';
import { clockTime, duration, MARKS, type Run } from '../../story/index.ts';
import { Mark } from '../parts/mark.tsx';
import * as styles from './detail.module.css';

/** The attempts of a listener, with their times. */
export function Attempts({ run, now }: { run: Run; now: number }) {
  return (
    <ol class={styles.attempts}>
      {run.attempts.map((attempt) => {
        const { mark, name, words } = describeAttempt(attempt, now);
        return (
          <li key={attempt.id}>
            <p>
              <Mark of={mark} />
              <span>{name}</span>
              <span class={styles.right}>{duration((attempt.to ?? attempt.lost ?? now) - attempt.from)}</span>
            </p>
            <p class={`tone-${MARKS[mark].tone}`}>{words}</p>
            <p class="soft">
              {clockTime(attempt.from)}
              {attempt.delay !== undefined && `, then it waited ${duration(attempt.delay)}`}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
