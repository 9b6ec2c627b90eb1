import { useState, type CSSProperties } from 'react';
import { barsOf, clockTime, describeRow, MARKS, type Axis, type Row } from 'trpc-events/inspector/story';
import { Mark } from './mark.tsx';
import { Payload } from './payload.tsx';
import styles from './timeline.module.css';

interface Props {
  row: Row;
  /** How many calls the story has. */
  of: number;
  axis: Axis;
  now: number;
  later: string;
  inspector: string | undefined;
}

/** The kinds of bars that are solid. The others are waits and moments. */
const SOLID = new Set(['attempt', 'call', 'send']);

export function TimelineRow({ row, of, axis, now, later, inspector }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { mark, name, words } = describeRow(row, now);
  const [word, note] = split(words);
  const end = row.kind === 'run' ? row.run.attempts.at(-1)?.to : undefined;
  const text = row.kind === 'call' && of > 1 ? `${name} ${(row.call.batchIndex ?? 0) + 1}/${of}` : name;
  const event = row.kind === 'event' && inspector !== undefined ? row.event.id : undefined;
  return (
    <div
      className={styles.row}
      role="row"
      data-kind={row.kind}
      data-outcome={mark}
      style={{ '--depth': row.depth } as CSSProperties}
    >
      <span role="cell" className={styles.name}>
        <Mark of={mark} />
        {event === undefined ? (
          <code>{text}</code>
        ) : (
          <button
            type="button"
            className={styles.open}
            title="Show the payload"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <code>{text}</code>
          </button>
        )}
        {row.kind === 'run' && row.run.process === 'worker' && <span className={styles.where}>(worker)</span>}
        {/* The bar of a running row already shows its time. */}
        {note !== undefined && mark !== 'running' && (
          <span className={styles.note} data-testid="note">
            {note}
          </span>
        )}
      </span>
      <span role="cell" className={styles.word} data-testid="word" title={words}>
        {word}
      </span>
      <span role="cell" className={styles.track}>
        {axis.folds.map((fold) => (
          <span
            key={fold.from}
            className={styles.fold}
            style={{ left: `${fold.from}px`, width: `${fold.to - fold.from}px` }}
          >
            {/* A call has room for the words, because nothing runs inside a fold. */}
            {row.kind === 'call' && <span>{fold.words}</span>}
          </span>
        ))}
        {axis.response.x !== undefined && (
          <span className={styles.line} style={{ left: `${axis.response.x}px` }} />
        )}
        {barsOf(row, now).map(({ kind, from, to, mark: of }, i) => {
          const { x, width } = axis.bar(from, to);
          return (
            <i
              key={i}
              className={`${styles[SOLID.has(kind) ? 'bar' : kind]} ${styles[`tone-${MARKS[of].tone}`]}`}
              style={{ left: `${x}px`, ...(kind !== 'moment' && { width: `${width}px` }) }}
              title={clockTime(from)}
            />
          );
        })}
      </span>
      <span
        role="cell"
        className={styles.later}
        data-testid="after"
        data-before={later === 'before' || undefined}
        title={end === undefined ? undefined : clockTime(end)}
      >
        {later}
      </span>
      {event !== undefined && isOpen && (
        <div role="cell" className={styles.payload}>
          <Payload event={event} inspector={inspector!} />
        </div>
      )}
    </div>
  );
}

/** Splits a row's words at the first colon or comma, into the outcome's column and the note below the name. */
function split(words: string): [word: string, note: string | undefined] {
  const [, word = words, note] = /^(.*?)(?:(?:: |, )(.*))?$/.exec(words) ?? [];
  return [word, note];
}
