import type { CSSProperties } from 'react';
import { describeRow } from '../story/describe-row.ts';
import { clockTime, duration, inUnit, type Unit } from '../story/format.ts';
import type { Row } from '../story/rows.ts';
import { CopyId } from './copy-id.tsx';
import { Mark } from './mark.tsx';
import styles from './timeline.module.css';

interface Props {
  row: Row;
  /** Where a time stands on the axis. */
  at: (time: number) => string;
  now: number;
  later: number | undefined;
  unit: Unit;
}

export function TimelineRow({ row, at, now, later, unit }: Props) {
  const { name, outcome, word, from, to, queued, note } = describeRow(row);
  const isEvent = row.kind === 'event';
  return (
    <div
      className={styles.row}
      role="row"
      data-kind={row.kind}
      data-outcome={outcome}
      style={{ '--depth': row.depth } as CSSProperties}
    >
      <span role="cell" className={styles.name}>
        <Mark of={isEvent && outcome !== 'dropped' ? 'event' : outcome} />
        <code>{name}</code>
        {isEvent && <CopyId id={row.event.id} />}
        {note !== undefined && (
          <span className={styles.note} data-testid="note">
            {note}
          </span>
        )}
      </span>
      <span role="cell" className={styles.word} data-testid="word">
        {word}
      </span>
      <span role="cell" className={styles.track}>
        {queued !== undefined && (
          <i
            className={styles.queue}
            style={{ left: at(queued.from), right: `calc(100% - ${at(queued.to ?? now)})` }}
            title={`in the queue from ${clockTime(queued.from)}`}
          />
        )}
        {isEvent ? (
          <i className={styles.point} style={{ left: at(from) }} title={clockTime(from)} />
        ) : (
          <i
            className={styles.bar}
            style={{ left: at(from), right: `calc(100% - ${at(to ?? now)})` }}
            title={to === undefined ? undefined : `took ${duration(to - from)}, from ${clockTime(from)}`}
          />
        )}
      </span>
      <span
        role="cell"
        className={styles.later}
        data-testid="after"
        data-before={(later !== undefined && later < 0) || undefined}
        title={to === undefined ? undefined : clockTime(to)}
      >
        {later === undefined ? '' : later < 0 ? 'before' : inUnit(later, unit)}
      </span>
    </div>
  );
}
