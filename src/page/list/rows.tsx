import type { VNode } from 'preact';
import { computed, signal } from '../signals.ts';
import { rowId } from '../keys/on-key.ts';
import { useOnce, useSignal, useSignalEffect } from '../live.ts';
import { callOf, callsNow } from '../state/calls.ts';
import { places, shown, top } from '../state/shown.ts';
import { CallRow, rowsHigh } from './call-row.tsx';
import * as styles from './calls-list.module.css';

/** The most rows that are drawn, or put at their places, in one frame, so that nothing waits for a thousand of them. */
const MOST_PER_FRAME = 50;

/** False while some rows do not stand at their places yet. */
const isSettled = signal(false);
/** True when the list has no rows, and those that it had are hidden. */
export const isEmptied = computed(() => isSettled.value && shown.value.length === 0);

/**
 * The rows, each at its own place. All are moved at once, which shifts no layout. A row that a filter takes out is hidden,
 * but stays drawn.
 */
export function Rows() {
  const drawn = useOnce(() => new Map<string, VNode>());
  /** The place at which each row stands. A hidden one has none. */
  const standing = useOnce(() => new Map<string, string>());
  const frame = useSignal(0);
  /** Returns false if rows are left for the next frame. */
  const settle = () => {
    let left = MOST_PER_FRAME;
    for (const id of new Set([...shown.peek(), ...standing.keys()])) {
      const place = places.peek().get(id);
      if (standing.get(id) === place) continue;
      const row = document.getElementById(rowId('call', id));
      if (row === null) continue;
      if (left-- === 0) return false;
      putAt(row, place);
      if (place === undefined) standing.delete(id);
      else standing.set(id, place);
    }
    return shown.peek().every((id) => drawn.has(id));
  };
  useSignalEffect(() => {
    void [frame.value, places.value];
    isSettled.value = false;
    const next = requestAnimationFrame(() => {
      isSettled.value = settle();
      if (!isSettled.value) frame.value++;
    });
    return () => cancelAnimationFrame(next);
  });
  void frame.value;
  const missing = shown.value.filter((id) => !drawn.has(id));
  for (const id of missing.slice(0, MOST_PER_FRAME)) drawn.set(id, <CallRow key={id} id={id} />);
  const rows = callsNow().flatMap(({ id }) => drawn.get(id) ?? []);
  if (rows.length < drawn.size)
    for (const id of drawn.keys()) if (!callOf(id) && drawn.delete(id)) standing.delete(id);
  // Preact skips each row whose vnode is the same as in the last drawing.
  return (
    <div class={styles.moved} style={{ transform: `translateY(${rowsHigh(top.value)})` }} role="rowgroup">
      {rows.reverse()}
    </div>
  );
}

function putAt(row: HTMLElement, place: string | undefined): void {
  const [slot, bracket] = place?.split(' ') ?? [];
  row.hidden = slot === undefined;
  if (slot === undefined) return;
  row.style.top = rowsHigh(-Number(slot));
  row.dataset['bracket'] = bracket;
}
