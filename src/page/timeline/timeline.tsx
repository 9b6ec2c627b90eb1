import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { axisOf, barsOf, duration, keyOf, lineOf, type Axis, type Call } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { hasLoaded } from '../state/calls.ts';
import { chooseRow } from '../state/choice.ts';
import { frames, isMoving, seconds } from '../state/clock.ts';
import { panes } from '../state/room.ts';
import { moveIn } from '../keys/move.ts';
import { focusPane } from '../keys/panes.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Mark } from '../parts/mark.tsx';
import { chosenCall, chosenRow, chosenRows } from './chosen.ts';
import { treeRows, type TreeRow } from './rows.ts';
import { rowId, TimelineRow } from './timeline-row.tsx';
import * as styles from './timeline.module.css';

const MORE = 500;
/** More rows than these are drawn anew once a second, not once a frame. */
const MOST_PER_FRAME = 60;

/** The chosen call and all that came of it: everything that the response did not wait for stands right of its line. */
export function Timeline() {
  const chosen = chosenCall.value;
  if (address.call.value === '') return <p class={styles.none}>Choose a call.</p>;
  if (chosen === undefined) {
    return hasLoaded.value ? (
      <p class={styles.none}>This call is older than what is kept.</p>
    ) : (
      <div class={styles.waiting} aria-busy />
    );
  }
  return <Chart key={chosen.call.id} call={chosen.call} />;
}

function Chart({ call }: { call: Call }) {
  const most = useSignal(MORE);
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const width = useSignal(0);
  const axisCell = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const cell = axisCell.current!;
    const observer = new ResizeObserver(() => (width.value = cell.clientWidth));
    observer.observe(cell);
    return () => observer.disconnect();
  }, [width]);

  const all = chosenRows.value;
  const hasRunning = useComputed(() =>
    chosenRows.value.some((row) => barsOf(row, 0).some(({ to }) => to === undefined)),
  );
  useSignalEffect(() => {
    isMoving.value = hasRunning.value && chosenRows.value.length <= MOST_PER_FRAME;
    return () => (isMoving.value = false);
  });
  // Rows that are over are drawn once.
  const now = !hasRunning.value ? Date.now() : isMoving.value ? frames.value : seconds.value;
  const rows = treeRows(all, closed.value);
  const some = rows.slice(0, most.value);
  const axis = axisOf(call, all, now, width.value);
  const sent = axis.response.x;

  const toggle = ({ key }: TreeRow) => {
    const next = new Set(closed.peek());
    if (!next.delete(key)) next.add(key);
    closed.value = next;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(chosenRow.peek()!);
    const at = some.findIndex((row) => row.key === key);
    const next = moveIn(event, at, some.length, 10);
    const current = some[at];
    const show = (row: TreeRow) => {
      address.row.value = row.row === all[0] ? '' : row.key;
      document.getElementById(rowId(row.key))?.scrollIntoView({ block: 'nearest' });
    };
    if (event.ctrlKey || event.altKey || event.metaKey || current === undefined) return;
    if (next !== undefined) show(some[next]!);
    else if (event.key === 'ArrowRight' || event.key === 'l') {
      if (current.hasChildren && !current.isOpen) toggle(current);
      else openDetail(current);
    } else if (event.key === 'ArrowLeft' || event.key === 'h') {
      const parent = some.slice(0, at).findLast((row) => row.row.depth < current.row.depth);
      if (current.hasChildren && current.isOpen && current.row.depth > 0) toggle(current);
      else if (parent !== undefined) show(parent);
      else backToList();
    } else if (event.key === 'Enter') openDetail(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const line = lineOf(call, now);
  const current = chosenRow.value;
  return (
    <>
      <div class={styles.title}>
        <Mark of={line.mark} />
        <h2 class="mono">{line.name}</h2>
        <span class="soft">{call.type ?? (call.kind === line.name ? '' : call.kind)}</span>
        {line.duration !== undefined && <span>{duration(line.duration)}</span>}
        <CopyId id={call.id} />
      </div>
      <div class={styles.scroller}>
        <div
          class={styles.grid}
          role="treegrid"
          id="pane-timeline"
          aria-label="Timeline"
          tabIndex={0}
          aria-activedescendant={current && rowId(keyOf(current))}
          aria-rowcount={rows.length + 1}
          style={{ '--sent': sent === undefined ? undefined : `${sent}px` }}
          data-sent={sent !== undefined}
          onKeyDown={onKeyDown}
        >
          <div class={styles.head} role="row">
            <span role="columnheader">what</span>
            <span role="columnheader">outcome</span>
            <span role="columnheader" class={styles.axis}>
              <span ref={axisCell} class={styles.measure}>
                <AxisHead axis={axis} width={width.value} />
              </span>
            </span>
            <span role="columnheader" class={styles.laterHead}>
              later
            </span>
          </div>
          <Lines axis={axis} />
          {some.map((row) => (
            <TimelineRow
              key={row.key}
              tree={row}
              call={call}
              axis={axis}
              now={now}
              isChosen={row.row === current}
              onChoose={() => chooseRow(row.row === all[0] ? '' : row.key)}
              onToggle={() => toggle(row)}
            />
          ))}
        </div>
        {all.length === 1 && call.reports.length === 0 && <p class={styles.note}>It dispatched nothing.</p>}
        {call.isFull && <p class={styles.note}>More came of this call than is kept: 1,000 events are.</p>}
        {rows.length > some.length && (
          <button type="button" class={`button ${styles.more}`} onClick={() => (most.value += MORE)}>
            show {Math.min(MORE, rows.length - some.length)} more
          </button>
        )}
      </div>
    </>
  );
}

function openDetail({ key, row }: TreeRow): void {
  if (panes.peek() < 3) chooseRow(row.depth === 0 ? '' : key);
  focusPane('detail');
}

function backToList(): void {
  if (panes.peek() < 3) address.pane.value = '';
  focusPane('list');
}

/** The numbers above the axis, and what its line means. */
function AxisHead({ axis, width }: { axis: Axis; width: number }) {
  const { x, words } = axis.response;
  const side = x === undefined ? 'none' : x > width / 2 ? 'left' : 'right';
  return (
    <>
      {width > 0 &&
        axis.ticks.map((tick) => (
          <span
            key={tick.x}
            class={styles.tick}
            style={{ left: `${tick.x}px` }}
            data-at={tick.x < 12 ? 'start' : tick.x > width - 24 ? 'end' : 'middle'}
          >
            {tick.label}
          </span>
        ))}
      <span
        class={styles.response}
        data-side={side}
        style={x === undefined ? {} : side === 'right' ? { left: `${x}px` } : { right: `${width - x}px` }}
      >
        {words}
      </span>
    </>
  );
}

/** The marks that reach over all rows: the moment of the response, and the stretches that were cut out. */
function Lines({ axis }: { axis: Axis }) {
  return (
    <div class={styles.lines} aria-hidden>
      <span class={styles.over}>
        {axis.folds.map(({ from, to, words }) => (
          <span key={from} class={styles.fold} style={{ left: `${from}px`, width: `${to - from}px` }}>
            {/* Few fonts have the sign. */}
            <span>{words.replace('⫽', '//')}</span>
          </span>
        ))}
        {axis.response.x !== undefined && <span class={styles.sent} />}
      </span>
    </div>
  );
}
