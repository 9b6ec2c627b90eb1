import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import { address } from '../state/address.ts';
import { count } from '../parts/count.ts';
import { hasLoaded } from '../state/calls.ts';
import { choose } from '../state/choice.ts';
import { connection, status } from '../state/connection.ts';
import { panes } from '../state/room.ts';
import { fresh, isAtTop, placeOf, rows, showFresh, shown, top } from '../state/shown.ts';
import { moveIn } from '../keys/move.ts';
import { focusPane } from '../keys/panes.ts';
import { CallRow } from './call-row.tsx';
import { cursor } from './cursor.ts';
import { NoCalls } from './no-calls.tsx';
import { rowId } from './row-id.ts';
import * as styles from './calls-list.module.css';

/** The first rows are drawn at once, and the others a few at a time, so that nothing waits for a thousand. */
const AT_ONCE = 60;

/** All calls, the newest first. */
export function CallsList() {
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const vnodes = useRef(new Map<string, VNode>());
  const frame = useSignal(0);

  useSignalEffect(() => list.current?.style.setProperty('--top', String(top.value)));
  useSignalEffect(() => grid.current?.style.setProperty('--count', String(shown.value.length)));

  const known = vnodes.current;
  const drawn: VNode[] = [];
  let left = AT_ONCE;
  for (const id of rows.value) {
    // The same vnode is passed over when the list is drawn again.
    let vnode = known.get(id);
    if (vnode === undefined && left > 0) {
      left--;
      known.set(id, (vnode = <CallRow key={id} id={id} />));
    }
    if (vnode !== undefined) drawn.push(vnode);
  }
  useLayoutEffect(() => {
    if (drawn.length === rows.value.length) return;
    const next = requestAnimationFrame(() => frame.value++);
    return () => cancelAnimationFrame(next);
  });
  void frame.value;
  if (known.size > rows.value.length) {
    const kept = new Set(rows.value);
    for (const id of known.keys()) if (!kept.has(id)) known.delete(id);
  }

  const moveTo = (id: string) => {
    cursor.value = id;
    if (panes.peek() > 1) choose(id);
    const row = document.getElementById(rowId(id));
    row?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const ids = shown.peek();
    const at = ids.indexOf(cursor.peek());
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight()) - 1);
    const next = moveIn(event, at, ids.length, page);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      const id = ids[next];
      if (id !== undefined) moveTo(id);
    } else if (['Enter', 'ArrowRight', 'l'].includes(event.key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      if (cursor.peek() === '') return;
      choose(cursor.peek());
      focusPane('timeline');
    }
  };
  const rowHeight = () => document.getElementById(rowId(shown.peek()[0] ?? ''))?.offsetHeight || 28;
  const start = () => {
    const id = placeOf(address.call.peek()).peek() === undefined ? shown.peek()[0] : address.call.peek();
    if (placeOf(cursor.peek()).peek() === undefined && id !== undefined) cursor.value = id;
  };

  const isEmpty = shown.value.length === 0;
  const isWaiting = !hasLoaded.value && connection.value.kind !== 'noToken';
  return (
    <div class={styles.list}>
      <div
        ref={scroller}
        class={styles.scroller}
        onScroll={({ currentTarget }) => (isAtTop.value = currentTarget.scrollTop < 4)}
      >
        <div
          ref={grid}
          class={styles.rows}
          role="grid"
          id="pane-list"
          aria-label="Calls"
          aria-rowcount={shown.value.length}
          aria-busy={isWaiting}
          aria-activedescendant={placeOf(cursor.value).value === undefined ? undefined : rowId(cursor.value)}
          tabIndex={0}
          hidden={isEmpty && !isWaiting}
          onFocus={start}
          onKeyDown={onKeyDown}
          onClick={() => (cursor.value = address.call.peek())}
        >
          <div ref={list} class={styles.moved} role="rowgroup">
            {drawn}
          </div>
        </div>
        {isEmpty && isWaiting && <Loading />}
        {isEmpty && !isWaiting && <NoCalls />}
      </div>
      <p class={styles.fresh} role="status">
        {fresh.value > 0 && (
          <button
            type="button"
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

function Loading() {
  return (
    <div aria-hidden>
      {[62, 48, 70, 40, 55, 46].map((width) => (
        <div key={width} class={styles.grey}>
          <span style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

/** The foot's place is kept, so that nothing moves when it has something to say. */
function Foot() {
  const { calls = 0, gone = 0 } = status.value ?? {};
  const words = `${count(calls, 'call')} ${calls === 1 ? 'is' : 'are'} kept; ${count(gone, 'older one')} ${gone === 1 ? 'is' : 'are'} gone.`;
  return (
    <p class={styles.foot} title={words}>
      {gone === 0 ? '' : words}
    </p>
  );
}
