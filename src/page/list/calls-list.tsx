import { createRef } from 'preact';
import { onKey, reveal, rowId, steps } from '../keys/on-key.ts';
import { focusPane } from '../keys/panes.ts';
import { useOnce } from '../live.ts';
import { count } from '../parts/count.ts';
import { address } from '../state/address.ts';
import { hasLoaded } from '../state/calls.ts';
import { choose, panes } from '../state/choice.ts';
import { connection, status } from '../state/connection.ts';
import { fresh, isAtTop, places, showFresh, shown } from '../state/shown.ts';
import { cursor, rowsHigh } from './call-row.tsx';
import { NoCalls } from './no-calls.tsx';
import { isEmptied, Rows } from './rows.tsx';
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
          hidden={isEmptied.value && !isWaiting}
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
