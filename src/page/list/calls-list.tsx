import { createRef, type VNode } from 'preact';
import { signal } from '../signals.ts';
import { onKey, reveal, rowId, steps } from '../keys/on-key.ts';
import { focusPane } from '../keys/panes.ts';
import { useOnce, useSignal, useSignalEffect } from '../live.ts';
import { count } from '../parts/count.ts';
import { address } from '../state/address.ts';
import { callOf, callsNow, hasLoaded } from '../state/calls.ts';
import { choose, panes } from '../state/choice.ts';
import { connection, status } from '../state/connection.ts';
import { fresh, isAtTop, places, showFresh, shown, top } from '../state/shown.ts';
import { CallRow, cursor, rowsHigh } from './call-row.tsx';
import { NoCalls } from './no-calls.tsx';
import * as styles from './calls-list.module.css';

/** All calls, the newest first. */
export function CallsList() {
  const scroller = useOnce(createRef<HTMLDivElement>);
  const isEmpty = shown.value.length === 0;
  const isWaiting = !hasLoaded.value && connection.value.kind !== 'noToken';

  const keysOf = (grid: HTMLElement) => {
    const ids = shown.peek();
    const at = ids.indexOf(cursor.peek());
    const go = (to: number) => {
      cursor.value = ids[to]!;
      if (panes.peek() > 1) choose(cursor.peek());
      reveal(rowId('call', cursor.peek()));
    };
    const open = () => {
      if (cursor.peek() === '') return;
      choose(cursor.peek());
      focusPane('timeline');
    };
    const rowHeight = grid.offsetHeight / ids.length;
    const page = Math.max(1, Math.floor(scroller.current!.clientHeight / rowHeight) - 1);
    return { ...steps(at, ids.length, go, page), Enter: open, ArrowRight: open };
  };
  const start = () => {
    const ids = [cursor.peek(), address.call.peek(), ...shown.peek()];
    cursor.value = ids.find((id) => places.peek().has(id)) ?? '';
  };
  return (
    <div class={styles.list}>
      <div
        ref={scroller}
        class={`scroller ${styles.scroller}`}
        onScroll={({ currentTarget }) => (isAtTop.value = currentTarget.scrollTop < 4)}
      >
        <div
          class={`rows ${styles.rows}`}
          style={{ height: rowsHigh(shown.value.length) }}
          role="grid"
          id="pane-list"
          aria-label="Calls"
          aria-rowcount={shown.value.length}
          aria-busy={isWaiting}
          aria-activedescendant={places.value.has(cursor.value) ? rowId('call', cursor.value) : undefined}
          tabIndex={0}
          hidden={isEmpty && !isWaiting && isSettled.value}
          onFocus={start}
          onKeyDown={(event) => onKey(event, keysOf(event.currentTarget))}
          onClick={() => (cursor.value = address.call.peek())}
        >
          <Rows />
        </div>
        {isEmpty &&
          (isWaiting ? <div class="grey" style={{ height: rowsHigh(6) }} aria-hidden /> : <NoCalls />)}
      </div>
      <p class={styles.fresh} role="status">
        {fresh.value > 0 && (
          <button
            onClick={() => {
              showFresh();
              scroller.current?.scrollTo({ top: 0 });
            }}
          >
            {`${fresh.value.toLocaleString('en')} new`}
          </button>
        )}
      </p>
      <Foot />
    </div>
  );
}

/** The number of rows that are drawn in a frame, so that nothing waits for a thousand. */
const DRAWN = 60;
/** The number of rows that are put at their places, or hidden, in a frame. */
const MOVED = 50;
/** False while some rows do not stand at their places yet. */
const isSettled = signal(false);

/**
 * The rows, each at its own place. All are moved at once, which shifts no layout. A row that a filter takes out stays drawn, and
 * is hidden.
 */
function Rows() {
  const drawn = useOnce(() => new Map<string, VNode>());
  /** The place at which each row stands. A hidden one has none. */
  const standing = useOnce(() => new Map<string, string>());
  const frame = useSignal(0);
  /** Returns false if rows are left for the next frame. */
  const settle = () => {
    let left = MOVED;
    for (const id of new Set([...shown.peek(), ...standing.keys()])) {
      const place = places.peek().get(id);
      const row = document.getElementById(rowId('call', id));
      if (row === null || standing.get(id) === place) continue;
      if (left-- === 0) return false;
      row.hidden = place === undefined;
      if (place === undefined) {
        standing.delete(id);
        continue;
      }
      const [slot, bracket] = place.split(' ');
      row.style.top = rowsHigh(-Number(slot));
      row.dataset['bracket'] = bracket;
      standing.set(id, place);
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
  for (const id of missing.slice(0, DRAWN)) drawn.set(id, <CallRow key={id} id={id} />);
  const rows = callsNow().flatMap(({ id }) => drawn.get(id) ?? []);
  if (rows.length < drawn.size)
    for (const id of drawn.keys()) if (!callOf(id) && drawn.delete(id)) standing.delete(id);
  // The same vnode is passed over when the list is drawn again.
  return (
    <div class={styles.moved} style={{ transform: `translateY(${rowsHigh(top.value)})` }} role="rowgroup">
      {rows.reverse()}
    </div>
  );
}

/** The foot's place is kept, so that nothing moves when it has something to say. */
function Foot() {
  const { calls = 0, gone = 0 } = status.value ?? {};
  const are = (n: number) => (n === 1 ? 'is' : 'are');
  const words = `${count(calls, 'call')} ${are(calls)} kept; ${count(gone, 'older one')} ${are(gone)} gone.`;
  return (
    <p class={`cut ${styles.foot}`} title={words}>
      {gone > 0 && words}
    </p>
  );
}
