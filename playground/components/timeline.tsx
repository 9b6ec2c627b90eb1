import { useLayoutEffect, useRef, useState } from 'react';
import { axisOf, inOneUnit, keyOf, type Call, type Row } from 'trpc-events/inspector/story';
import { laterOf, sentOf } from '../story/later.ts';
import { TimelineRow } from './timeline-row.tsx';
import styles from './timeline.module.css';

interface Props {
  rows: readonly Row[];
  calls: readonly Call[];
  now: number;
  isStream: boolean;
  /** The address of the inspector, which has the payloads. */
  inspector: string | undefined;
}

/** Shows what happened when, from the start of the call. What the response did not wait for is right of its line. */
export function Timeline({ rows, calls, now, isStream, inspector }: Props) {
  const [head, width] = useWidth();
  const axis = axisOf(calls, rows, now, width);
  const sent = sentOf(calls);
  const later = rows.map((row) => laterOf(row, sent, isStream));
  const known = later.flatMap((it) => it ?? []);
  const words = inOneUnit(known);
  const { x, words: line } = axis.response;
  return (
    <div className={styles.timeline}>
      <div role="table" aria-label="Timeline">
        <div className={styles.head} role="row">
          <span role="columnheader">what</span>
          <span role="columnheader">outcome</span>
          <span role="columnheader" className={styles.axis} ref={head}>
            {rows.length > 0 && (
              <span className={styles.ticks}>
                {axis.ticks.map(({ x, label }) => (
                  <span key={x} style={{ left: `${x}px`, translate: `${(-100 * x) / width}%` }}>
                    {label}
                  </span>
                ))}
              </span>
            )}
            {x !== undefined && (
              <span className={styles.sent} style={{ left: `${x}px`, translate: `${(-100 * x) / width}%` }}>
                server: {line}
              </span>
            )}
          </span>
          <span role="columnheader">{isStream ? 'after its dispatch' : 'after the response'}</span>
        </div>
        {rows.map((row, i) => {
          const ms = later[i];
          const text = ms === undefined ? '' : ms < 0 ? 'before' : words[known.indexOf(ms)]!;
          return (
            <TimelineRow
              key={keyOf(row)}
              row={row}
              of={calls.length}
              axis={axis}
              now={now}
              later={text}
              inspector={inspector}
            />
          );
        })}
      </div>
      {rows.length === 0 && <p className={styles.loading}>Waiting for what the server tells</p>}
    </div>
  );
}

/** Returns a ref, and the width of its element, in px. */
function useWidth() {
  const element = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(240);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(60, entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
