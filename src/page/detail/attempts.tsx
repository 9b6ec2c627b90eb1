import { describeAttempt } from '../../story/describe-run.ts';
import { clockTime, duration, type Run } from '../../story/index.ts';
import { Mark, toneOf } from '../parts/mark.tsx';
import { seconds } from '../state/clock.ts';
import * as styles from './detail.module.css';

/** The attempts of a listener, with their times. */
export function Attempts({ run }: { run: Run }) {
  const { value: now } = seconds;
  return (
    <ol class={styles.attempts}>
      {run.attempts.map((attempt) => {
        const { id, from, to, lost, delay } = attempt;
        const { mark, name, words } = describeAttempt(attempt, now);
        return (
          <li key={id}>
            <p class={styles.marked}>
              <Mark of={mark} />
              <span>{name}</span>
              <span>{duration((to ?? lost ?? now) - from)}</span>
            </p>
            <p class={toneOf(mark)}>{words}</p>
            <p class="soft">
              {clockTime(from)}
              {delay !== undefined && `, then it waited ${duration(delay)}`}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
