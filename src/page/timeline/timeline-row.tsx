import { barsOf, describeRow, duration, type Axis, type Call, type Row } from '../../story/index.ts';
import { visible } from '../../story/format.ts';
import { TONES } from '../../story/words.ts';
import { rowId } from '../keys/on-key.ts';
import { Mark, toneOf } from '../parts/mark.tsx';
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

/** One line of the timeline: its mark and name, what became of it, and when that was. */
export function TimelineRow({ tree, call, axis, now, isChosen, onChoose, onToggle }: Props) {
  const { row, key, depth, isOpen } = tree;
  const { mark, name, words } = describeRow(row, now);
  const process = row.kind === 'run' ? row.run.process : call.process;
  const isQuiet = ['ink', 'grey', 'green'].includes(TONES[mark]);
  const later = laterOf(row, call);
  return (
    <div
      class={styles.row}
      role="row"
      id={rowId('row', key)}
      aria-level={depth + 1}
      aria-expanded={isOpen}
      aria-selected={isChosen}
      data-kind={row.kind}
      data-mark={mark}
      onClick={onChoose}
    >
      <span role="gridcell" class={styles.what} style={{ paddingLeft: `${Math.min(depth, 12) * 12}px` }}>
        {isOpen !== undefined ? (
          <button
            class="twist"
            tabIndex={-1}
            aria-label={isOpen ? 'Close' : 'Open'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          />
        ) : (
          <span class="twist" />
        )}
        <Mark of={mark} />
        <span class={`mono cut ${styles.name}`} title={name}>
          {name}
        </span>
        {process !== call.process && <span class={`cut ${styles.process}`}>({visible(process)})</span>}
      </span>
      <span role="gridcell" class={`${styles.words} ${isQuiet ? 'soft' : toneOf(mark)}`}>
        {words}
      </span>
      <span role="gridcell" class={styles.track} aria-hidden>
        {barsOf(row, now).map(({ kind, from, to, mark, isTorn }, i) => {
          const { x, width } = axis.bar(from, to);
          return (
            <span
              key={i}
              class={`${styles.bar} ${toneOf(mark)}`}
              data-bar={kind}
              data-mark={mark}
              data-torn={isTorn}
              style={{ left: `${x}px`, width: kind === 'moment' ? undefined : `${width}px` }}
            />
          );
        })}
      </span>
      <span role="gridcell" class="figure">
        {later}
      </span>
    </div>
  );
}

/** Says how long after the response a listener ended. Returns `undefined` while it runs, or without a response. */
function laterOf(row: Row, { answered }: Call): string | undefined {
  const to = row.kind === 'run' ? row.run.attempts.at(-1)?.to : undefined;
  return to === undefined || answered === undefined ? undefined : duration(to - answered);
}
