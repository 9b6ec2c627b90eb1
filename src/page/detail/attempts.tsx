import { duration, MARKS, visible, type Attempt, type Run } from '../../story/index.ts';
import { Mark } from '../parts/mark.tsx';
import * as styles from './detail.module.css';

/** The attempts of a listener, with their times. */
export function Attempts({ run, now }: { run: Run; now: number }) {
  return (
    <ol class={styles.attempts}>
      {run.attempts.map((attempt) => {
        const [mark, words] = outcomeOf(attempt, run);
        return (
          <li key={attempt.id}>
            <p>
              <Mark of={mark} />
              <span>
                attempt {attempt.number} of {attempt.of}
              </span>
              <span class={styles.right}>{duration((attempt.to ?? attempt.lost ?? now) - attempt.from)}</span>
            </p>
            <p class={`tone-${MARKS[mark].tone}`}>{visible(words)}</p>
            <p class="soft">
              {new Date(attempt.from).toLocaleTimeString()}
              {attempt.delay !== undefined && `, then it waited ${duration(attempt.delay)}`}
            </p>
          </li>
        );
      })}
    </ol>
  );
}

function outcomeOf({ end, lost, number }: Attempt, { gaveUp, attempts }: Run) {
  if (end === undefined) return lost === undefined ? (['running', 'running'] as const) : (['lost', 'lost: the process ended'] as const);
  if (end.ok) return ['succeeded', 'handled'] as const;
  const words = `failed: ${end.error?.code ?? end.error?.message ?? 'unknown'}`;
  const isLast = gaveUp !== undefined || attempts.at(-1)?.number === number;
  return [isLast ? 'failed' : 'retrying', words] as const;
}
