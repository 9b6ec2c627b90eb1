import { createRef } from 'preact';
import { computed } from '../signals.ts';
import { axisOf, barsOf, duration, keyOf, lineOf, type Axis, type Call } from '../../story/index.ts';
import { onKey, reveal, rowId, treeKeys } from '../keys/on-key.ts';
import { focusPane } from '../keys/panes.ts';
import { useOnce, useSignal, useSignalEffect } from '../live.ts';
import { Mark } from '../parts/mark.tsx';
import { address } from '../state/address.ts';
import { hasLoaded } from '../state/calls.ts';
import { chooseRow, panes } from '../state/choice.ts';
import { frames, isMoving, seconds } from '../state/clock.ts';
import { chosenCall, chosenRow, chosenRows } from './chosen.ts';
import { treeRows, type TreeRow } from './rows.ts';
import { TimelineRow } from './timeline-row.tsx';
import * as styles from './timeline.module.css';

const MORE = 500;
/** The most rows that are drawn again in each frame. If there are more, they are drawn again once a second. */
const MOST_PER_FRAME = 60;

/** The chosen call and all that came of it: everything that the response did not wait for stands right of its line. */
export function Timeline() {
  const { call } = chosenCall.value ?? {};
  if (call !== undefined) return <Chart key={call.id} call={call} />;
  if (address.call.value === '') return <p class="note">Choose a call.</p>;
  if (hasLoaded.value) return <p class="note">This call is older than what is kept.</p>;
  return <div class={styles.waiting} aria-busy />;
}

/** True while a part of the chosen call runs, so that its bars grow. */
const hasRunning = computed(() =>
  chosenRows.value.some((row) => barsOf(row, 0).some(({ to }) => to === undefined)),
);

function Chart({ call }: { call: Call }) {
  const most = useSignal(MORE);
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const width = useSignal(0);
  const axisCell = useOnce(createRef<HTMLSpanElement>);
  useSignalEffect(() => {
    const cell = axisCell.current!;
    const observer = new ResizeObserver(() => (width.value = cell.clientWidth));
    observer.observe(cell);
    return () => observer.disconnect();
  });
  useSignalEffect(() => {
    isMoving.value = hasRunning.value && chosenRows.value.length <= MOST_PER_FRAME;
    return () => (isMoving.value = false);
  });

  const all = chosenRows.value;
  // Rows that are over are drawn once.
  const now = !hasRunning.value ? Date.now() : isMoving.value ? frames.value : seconds.value;
  const rows = treeRows(all, closed.value);
  const some = rows.slice(0, most.value);
  const current = chosenRow.value;
  const at = some.findIndex(({ row }) => row === current);
  const axis = axisOf(call, all, now, width.value);
  const sent = axis.response.x;
  const line = lineOf(call, now);

  const keyInAddress = ({ depth, key }: TreeRow) => (depth === 0 ? '' : key);
  const toggle = ({ key }: TreeRow) => {
    const next = new Set(closed.peek());
    if (!next.delete(key)) next.add(key);
    closed.value = next;
  };
  const openDetail = () => {
    if (panes.peek() < 3) chooseRow(keyInAddress(some[at]!));
    focusPane('detail');
  };
  const backToList = () => {
    if (panes.peek() < 3) address.pane.value = '';
    focusPane('list');
  };
  const keys = treeKeys({
    rows: some,
    at,
    go: (to) => {
      address.row.value = keyInAddress(some[to]!);
      reveal(rowId('row', some[to]!.key));
    },
    toggle: (at) => toggle(some[at]!),
  });
  return (
    <>
      <div class={`head ${styles.title}`}>
        <Mark of={line.mark} />
        <h2 class="mono">{line.name}</h2>
        <span class="soft">{call.type ?? (call.kind === line.name ? '' : call.kind)}</span>
        {line.duration !== undefined && <span>{duration(line.duration)}</span>}
      </div>
      <div class={`scroller ${styles.scroller}`}>
        <div
          class={`rows ${styles.grid}`}
          role="treegrid"
          id="pane-timeline"
          aria-label="Timeline"
          tabIndex={0}
          aria-activedescendant={current && rowId('row', keyOf(current))}
          aria-rowcount={rows.length + 1}
          style={{ '--sent': sent === undefined ? undefined : `${sent}px` }}
          data-sent={sent !== undefined}
          onKeyDown={(event) => {
            if (at < 0) return;
            onKey(event, keys);
            // These keys lead out of the tree.
            if (!event.defaultPrevented)
              onKey(event, { ArrowRight: openDetail, ArrowLeft: backToList, Enter: openDetail });
          }}
        >
          <div class={styles.head} role="row">
            <span role="columnheader">what</span>
            <span role="columnheader">outcome</span>
            <span role="columnheader" ref={axisCell} class={styles.axis}>
              <AxisHead axis={axis} width={width.value} />
            </span>
            <span role="columnheader" class="figure">
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
              onChoose={() => chooseRow(keyInAddress(row))}
              onToggle={() => toggle(row)}
            />
          ))}
        </div>
        {all.length === 1 && call.reports.length === 0 && <p class="note">It dispatched nothing.</p>}
        {call.isFull && <p class="note">More came of this call than is kept: 1,000 events are.</p>}
        {rows.length > some.length && (
          <button class={`button ${styles.more}`} onClick={() => (most.value += MORE)}>
            show {Math.min(MORE, rows.length - some.length)} more
          </button>
        )}
      </div>
    </>
  );
}

/** The numbers above the axis, and what its line means. */
function AxisHead({ axis, width }: { axis: Axis; width: number }) {
  if (width === 0) return null;
  const { x, words } = axis.response;
  const isLeft = x !== undefined && x > width / 2;
  return (
    <>
      {axis.ticks.map(({ x, label }) => (
        <span
          key={x}
          class={styles.tick}
          style={{ left: `${x}px`, translate: x < 12 ? undefined : x > width - 24 ? '-100%' : '-50%' }}
        >
          {label}
        </span>
      ))}
      <span
        class={styles.response}
        style={isLeft ? { right: `${width - x}px` } : { left: `${x ?? 0}px` }}
        data-none={x === undefined}
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
            <span>{words}</span>
          </span>
        ))}
        {axis.response.x !== undefined && <span class={styles.sent} />}
      </span>
    </div>
  );
}
