import { barsOf, describeRow, duration, MARKS, type Axis, type Call } from '../../story/index.ts';
import { visible } from '../../story/format.ts';
import { Mark } from '../parts/mark.tsx';
import { laterOf } from './later.ts';
import type { TreeRow } from './rows.ts';
import * as styles from './timeline.module.css';

interface Props {
  tree: TreeRow;
  call: Call;
  axis: Axis;
  now: number;
  isChosen: boolean;
  onChoose: () => void;
  onToggle: () => void;
}

export function rowId(key: string): string {
  return `row-${encodeURIComponent(key)}`;
}

/** The process in which a listener, or a forwarder, took the event. */
function processOf(row: TreeRow['row']): string | undefined {
  return row.kind === 'run' ? row.run.process : undefined;
}

/** One line of the timeline: its mark and name, what became of it, and when that was. */
export function TimelineRow({ tree, call, axis, now, isChosen, onChoose, onToggle }: Props) {
  const { row, key, hasChildren, isOpen } = tree;
  const { mark, name, words } = describeRow(row, now);
  const later = laterOf(row, call);
  const process = processOf(row);
  return (
    <div
      class={styles.row}
      role="row"
      id={rowId(key)}
      aria-level={row.depth + 1}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isChosen}
      data-kind={row.kind}
      data-mark={mark}
      onClick={onChoose}
    >
      <span role="gridcell" class={styles.what} style={{ '--depth': Math.min(row.depth, 12) }}>
        {hasChildren && row.depth > 0 ? (
          <button
            type="button"
            class={styles.twist}
            tabIndex={-1}
            aria-label={isOpen ? 'Close' : 'Open'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <svg viewBox="0 0 16 16" aria-hidden>
              <path d={isOpen ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />
            </svg>
          </button>
        ) : (
          <span class={styles.twist} />
        )}
        <Mark of={mark} />
        <span class={`mono ${styles.name}`} title={name}>
          {name}
        </span>
        {process !== undefined && process !== call.process && (
          <span class={styles.process}>({visible(process)})</span>
        )}
      </span>
      <span role="gridcell" class={styles.words} title={words}>
        {words}
      </span>
      <span role="gridcell" class={styles.track} aria-hidden>
        {barsOf(row, now).map((bar, i) => {
          const { x, width } = axis.bar(bar.from, bar.to);
          return (
            <span
              key={i}
              class={`${styles[bar.kind]} ${styles.bar} tone-${MARKS[bar.mark].tone}`}
              data-mark={bar.mark}
              data-torn={bar.isTorn}
              style={{ left: `${x}px`, width: bar.kind === 'moment' ? undefined : `${width}px` }}
            />
          );
        })}
      </span>
      <span role="gridcell" class={styles.later}>
        {later === undefined ? '' : duration(later)}
      </span>
    </div>
  );
}
