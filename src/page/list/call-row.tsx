import { computed, useComputed, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { age } from '../../story/format.ts';
import { duration, lineOf } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { callOf, versionOf } from '../state/calls.ts';
import { choose } from '../state/choice.ts';
import { seconds } from '../state/clock.ts';
import { pins } from '../state/pins.ts';
import { placeOf } from '../state/shown.ts';
import { Mark, Marks } from '../parts/mark.tsx';
import { cursor } from './cursor.ts';
import { rowId } from './row-id.ts';
import * as styles from './calls-list.module.css';

/** One call: what came of it at worst, its path, its events, how long it took, and how long ago it was. */
export function CallRow({ id }: { id: string }) {
  const element = useRef<HTMLDivElement>(null);
  const line = useComputed(() => {
    void versionOf(id).value;
    const call = callOf(id);
    return call && { ...lineOf(call, Date.now()), call };
  });
  // The first values are drawn with the row. What follows is written past the drawing, and only if it is new: a thousand
  // rows would be styled again.
  useSignalEffect(() => {
    const row = element.current;
    const place = placeOf(id).value;
    if (row === null) return;
    if (row.hidden !== (place === undefined)) row.hidden = place === undefined;
    if (place === undefined) return;
    const slot = String(place.slot);
    if (row.style.getPropertyValue('--slot') !== slot) row.style.setProperty('--slot', slot);
    if (row.dataset['bracket'] !== place.bracket) row.dataset['bracket'] = place.bracket;
  });
  useSignalEffect(() => {
    const isChosen = String(address.call.value === id);
    const row = element.current;
    if (row !== null && row.ariaSelected !== isChosen) row.ariaSelected = isChosen;
  });
  useSignalEffect(() => {
    const isAt = cursor.value === id;
    const row = element.current;
    if (row !== null && row.hasAttribute('data-cursor') !== isAt) row.toggleAttribute('data-cursor', isAt);
  });
  if (line.value === undefined) return null;
  const { call, mark, name, events, duration: took } = line.value;
  const kind = call.type ?? call.kind;
  const place = placeOf(id).peek();
  return (
    <div
      ref={element}
      id={rowId(id)}
      class={styles.row}
      role="row"
      hidden={place === undefined}
      style={{ '--slot': place?.slot }}
      data-bracket={place?.bracket}
      aria-selected={address.call.peek() === id}
      data-call={id}
      title={`${name}: ${kind}, ${call.process}, ${new Date(call.from).toLocaleTimeString()}`}
      onClick={() => choose(id)}
    >
      <span role="gridcell" class={styles.mark}>
        <Mark of={mark} label={mark} />
      </span>
      <span role="gridcell" class={styles.name}>
        <span class="mono">{name}</span>
        {pins.value.has(id) && <span class={styles.pin}>pinned</span>}
        <span
          class={styles.events}
          role="img"
          aria-label={events.length === 1 ? '1 event' : `${events.length} events`}
        >
          <Marks of={events} />
        </span>
      </span>
      <span role="gridcell" class={styles.took}>
        {took === undefined ? '' : duration(took)}
      </span>
      <span role="gridcell" class={styles.age}>
        <Age from={call.from} />
      </span>
    </div>
  );
}

/** As wide as a digit: a text that gets another digit stays in its place. */
const FIGURE_SPACE = '\u2007';
/** Ages of the same second are the same text. */
const ages = new Map<number, ReadonlySignal<string>>();

function Age({ from }: { from: number }) {
  const second = Math.floor(from / 1000);
  let text = ages.get(second);
  if (text === undefined) {
    text = computed(() => age(Math.max(0, seconds.value - from)).padStart(3, FIGURE_SPACE));
    if (ages.size > 5000) ages.clear();
    ages.set(second, text);
  }
  return <>{text}</>;
}
