import { summarize, type Call } from 'trpc-events/inspector/story';
import { now } from '../story/clock.ts';
import { cards } from './cards.ts';
import { Mark } from './mark.tsx';
import type { Presses } from './press.ts';
import styles from './runs.module.css';

interface Props {
  presses: Presses;
  calls: ReadonlyMap<string, readonly Call[]>;
  show: (click: string) => void;
}

/** Lists the last presses, newest first. Each one leads back to its story. */
export function Runs({ presses: { list, shown }, calls, show }: Props) {
  return (
    <nav className={styles.runs} aria-label="Runs">
      {list.map(({ action, click, state }) => {
        const { button } = cards.find(({ id }) => id === action)!;
        const mark = state === 'broken' ? 'failed' : summarize(calls.get(click) ?? [], { now: now() }).mark;
        return (
          <button
            key={click}
            type="button"
            data-run={action}
            aria-current={click === shown || undefined}
            onClick={() => show(click)}
          >
            <Mark of={mark} /> {button}
          </button>
        );
      })}
    </nav>
  );
}
