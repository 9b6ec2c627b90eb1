import { useEffect } from 'preact/hooks';
import { visible } from '../../story/format.ts';
import { describeRow, keyOf, type Happening } from '../../story/index.ts';
import { Mark } from '../parts/mark.tsx';
import { chooseRow } from '../state/choice.ts';
import { seconds } from '../state/clock.ts';
import { listeners, loadWiring } from '../state/wiring.ts';
import { chosenRows } from '../timeline/chosen.ts';
import { closestPatterns } from './closest.ts';
import * as styles from './detail.module.css';

/** Every listener that took the event; of one that nobody takes, the patterns that come closest. */
export function HandledBy({ event }: { event: Happening }) {
  const runs = chosenRows.value.filter((row) => row.kind === 'run' && row.run.event === event);
  if (runs.length === 0)
    return event.isUnhandled ? (
      <Nobody name={event.about.name} />
    ) : (
      <p class={styles.note}>Nobody has taken it.</p>
    );
  return (
    <ul class={styles.listeners}>
      {runs.map((row) => {
        const { mark, name, words } = describeRow(row, seconds.value);
        return (
          <li key={keyOf(row)}>
            <button type="button" onClick={() => chooseRow(keyOf(row))}>
              <Mark of={mark} />
              <span class="mono">{name}</span>
              <span>{words}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Nobody({ name }: { name: string }) {
  useEffect(() => void loadWiring(), []);
  const closest = closestPatterns(name, listeners());
  return (
    <div class={styles.note}>
      <p>Nobody takes it.</p>
      {closest.length > 0 && (
        <>
          <p>The closest patterns are:</p>
          <ul>
            {closest.map(({ pattern, listener }) => (
              <li key={pattern + listener}>
                <span class="mono">{visible(pattern)}</span> of <span class="mono">{visible(listener)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
