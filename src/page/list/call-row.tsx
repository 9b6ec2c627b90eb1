import { signal } from '../signals.ts';
import { age } from '../../story/format.ts';
import { clockTime, duration, lineOf } from '../../story/index.ts';
import { rowId } from '../keys/on-key.ts';
import { useComputed } from '../live.ts';
import { count } from '../parts/count.ts';
import { Mark, Marks } from '../parts/mark.tsx';
import { address } from '../state/address.ts';
import { callOf, versionOf } from '../state/calls.ts';
import { choose } from '../state/choice.ts';
import { seconds } from '../state/clock.ts';
import { pins } from '../state/pins.ts';
import * as styles from './calls-list.module.css';

/** The row that the keys act on, while the list has the focus. */
export const cursor = signal('');

/** Returns the CSS height of some rows. */
export const rowsHigh = (count: number): string => `calc(${count} * var(--row))`;

/**
 * One call: its worst outcome, its path, its events, how long it took, and how long ago it was. The list shows it once it is
 * at its place.
 */
export function CallRow({ id }: { id: string }) {
  const version = useComputed(() => versionOf(id));
  const line = useComputed(() => {
    void version.value;
    const call = callOf(id);
    return call && { ...lineOf(call, Date.now()), call };
  });
  // Each is a signal of its own, so that a choice draws two rows, and not a thousand.
  const isChosen = useComputed(() => address.call.value === id);
  const isAt = useComputed(() => cursor.value === id);
  const isPinned = useComputed(() => pins.value.has(id));
  if (line.value === undefined) return null;
  const { call, mark, name, events, duration: took } = line.value;
  return (
    <div
      id={rowId('call', id)}
      class={styles.row}
      role="row"
      aria-selected={isChosen.value}
      data-call={id}
      data-cursor={isAt.value || undefined}
      hidden
      title={`${name}: ${call.type ?? call.kind}, ${call.process}, ${clockTime(call.from)}`}
      onClick={() => choose(id)}
    >
      <span role="gridcell">
        <Mark of={mark} label={mark} />
      </span>
      <span role="gridcell" class={styles.name}>
        <span class="mono cut">{name}</span>
        {isPinned.value && <span class="soft">pinned</span>}
        <span class={styles.events} role="img" aria-label={count(events.length, 'event')}>
          <Marks of={events} />
        </span>
      </span>
      <span role="gridcell" class="figure">
        {took === undefined ? '' : duration(took)}
      </span>
      <span role="gridcell" class="soft figure">
        <Age from={call.from} />
      </span>
    </div>
  );
}

/** A space as wide as a digit, so that a text stays in its place when it gets another digit. */
const FIGURE_SPACE = '\u2007';

/** The age of a call. It is drawn again only if its text has changed. */
function Age({ from }: { from: number }) {
  const text = useComputed(() => age(seconds.value - from).padStart(3, FIGURE_SPACE));
  return <>{text.value}</>;
}
