import type { CSSProperties } from 'react';
import type { Call } from '../story/build.ts';
import { axisEnd, inUnit, unitOf } from '../story/format.ts';
import type { Row } from '../story/rows.ts';
import { sentOf } from '../story/summary.ts';
import { outcomeOfAttempt } from '../story/words.ts';
import { TimelineRow } from './timeline-row.tsx';
import styles from './timeline.module.css';

interface Props {
  rows: readonly Row[];
  calls: readonly Call[];
  now: number;
  isStream: boolean;
}

/** What happened when, from the start of the call: what the response did not wait for stands right of its line. */
export function Timeline({ rows, calls, now, isStream }: Props) {
  const start = Math.min(...calls.map(({ from }) => from));
  const sent = sentOf(calls);
  const end = axisEnd(Math.max(...rows.map((row) => endOf(row, now)), sent ?? 0) - start);
  const at = (time: number) => `${(Math.min(Math.max(time - start, 0), end) / end) * 100}%`;
  const later = rows.map((row) => laterOf(row, sent, isStream));
  const unit = unitOf(Math.max(...later.map((it) => Math.abs(it ?? 0))));
  const axisUnit = unitOf(end);
  const style = sent === undefined ? {} : ({ '--sent': at(sent) } as CSSProperties);
  return (
    <div className={styles.timeline} style={style} data-sent={sent === undefined ? undefined : true}>
      <div role="table" aria-label="Timeline">
        <div className={styles.head} role="row">
          <span role="columnheader">what</span>
          <span role="columnheader">outcome</span>
          <span role="columnheader" className={styles.axis}>
            {rows.length > 0 && (
              <span className={styles.ticks}>
                {[0, end / 2, end].map((time) => (
                  <span key={time}>{time === 0 ? 0 : inUnit(time, axisUnit)}</span>
                ))}
              </span>
            )}
            {sent !== undefined && (
              <span className={styles.sent}>
                server: {isStream ? 'stream ended' : 'response sent'}, {inUnit(sent - start, 'ms')}
              </span>
            )}
          </span>
          <span role="columnheader">{isStream ? 'after its dispatch' : 'after the response'}</span>
        </div>
        {rows.map((row, i) => (
          <TimelineRow key={keyOf(row)} row={row} at={at} now={now} later={later[i]} unit={unit} />
        ))}
      </div>
      {rows.length === 0 && <p className={styles.loading}>Waiting for what the server tells</p>}
    </div>
  );
}

function keyOf(row: Row): string {
  if (row.kind === 'call') return row.call.id;
  return row.kind === 'event' ? row.event.id : row.attempt.id;
}

function endOf(row: Row, now: number): number {
  if (row.kind === 'event') return row.event.at;
  const { from, to } = row.kind === 'call' ? row.call : row.attempt;
  const isWaiting = row.kind === 'attempt' && outcomeOfAttempt(row.attempt) === 'waiting';
  return isWaiting ? now : (to ?? Math.max(now, from));
}

/** How long after the response something was done: for rows of a stream, after the dispatch of their event. */
function laterOf(row: Row, sent: number | undefined, isStream: boolean): number | undefined {
  if (row.kind !== 'attempt' || row.attempt.to === undefined) return undefined;
  const zero = isStream ? row.attempt.event.at : sent;
  return zero === undefined ? undefined : row.attempt.to - zero;
}
