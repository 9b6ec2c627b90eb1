import { describeRow, keyOf, type Happening } from '../../story/index.ts';
import { useSignalEffect } from '../live.ts';
import { Mark } from '../parts/mark.tsx';
import { Mono } from '../parts/mono.tsx';
import { chooseRow } from '../state/choice.ts';
import { seconds } from '../state/clock.ts';
import { buses, loadWiring } from '../state/wiring.ts';
import { chosenRows } from '../timeline/chosen.ts';
import * as styles from './detail.module.css';

/** Every listener that took the event. If nobody takes it, these are the patterns that come closest. */
export function HandledBy({ event }: { event: Happening }) {
  const runs = chosenRows.value.filter((row) => row.kind === 'run' && row.run.event === event);
  if (runs.length > 0)
    return (
      <ul class={styles.listeners}>
        {runs.map((row) => {
          const { mark, name, words } = describeRow(row, seconds.value);
          return (
            <li key={keyOf(row)}>
              <button class={styles.marked} onClick={() => chooseRow(keyOf(row))}>
                <Mark of={mark} />
                <span class="mono">{name}</span>
                <span>{words}</span>
              </button>
            </li>
          );
        })}
      </ul>
    );
  return event.isUnhandled ? <Nobody name={event.about.name} /> : <p class="note">Nobody has taken it.</p>;
}

function Nobody({ name }: { name: string }) {
  useSignalEffect(loadWiring);
  const closest = buses.value.flatMap((bus) => bus.closest?.[name] ?? []);
  return (
    <div class="note">
      <p>Nobody takes it.</p>
      {closest.length > 0 && <p>The closest patterns are:</p>}
      <ul>
        {closest.map(({ pattern, listener }) => (
          <li key={pattern + listener}>
            <Mono of={pattern} /> of <Mono of={listener} />
          </li>
        ))}
      </ul>
    </div>
  );
}
