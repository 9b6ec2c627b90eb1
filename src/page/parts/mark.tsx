import { TONES, type MarkName } from '../../story/words.ts';
import * as styles from './mark.module.css';

const RING = 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z';
const SHAPES: Record<MarkName, string> = {
  event: 'M8 2.5 13.5 8 8 13.5 2.5 8Z',
  succeeded: 'M3 8.5 6.5 12 13 4.5',
  running: `${RING}M8 2v6h6`,
  waiting: `${RING}M8 5v3l2 1.5`,
  retrying: `${RING}M6 6l4 4M10 6l-4 4`,
  failed: 'M4 4l8 8M12 4l-8 8',
  dropped: `${RING}M4 12l8-8`,
  unhandled: RING,
  sent: 'M2.5 8H13M9 4l4 4-4 4',
  arrived: 'M4 4l8 8M12 6v6H6',
  refused: `${RING}M5 8h6`,
  lost: 'M2 8h3.5l2-3.5 2 7 1.5-3.5H14',
  late: 'M3 2.5v11M10 4l4 4-4 4-4-4Z',
};

/** Returns the class that has the color of an outcome. */
export const toneOf = (mark: MarkName): string => `tone-${TONES[mark]}`;

const dashesOf = (mark: MarkName) => (mark === 'unhandled' ? '2.2' : undefined);

/** The shape of an outcome. It needs a label only if no words are beside it. */
export function Mark({ of, label }: { of: MarkName; label?: string }) {
  return (
    <svg
      class={`${styles.mark} ${toneOf(of)}`}
      viewBox="0 0 16 16"
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
    >
      <path d={SHAPES[of]} stroke-dasharray={dashesOf(of)} />
    </svg>
  );
}

const MOST = 6;

/** A mark for each event, in one drawing: a list of 1,000 calls has thousands of them. */
export function Marks({ of }: { of: readonly MarkName[] }) {
  const some = of.slice(0, MOST);
  return (
    <>
      <svg
        class={styles.mark}
        style={{ width: `${some.length * 14}px` }}
        viewBox={`0 0 ${some.length * 16} 16`}
        aria-hidden
      >
        {some.map((name, i) => (
          <path
            key={i}
            class={toneOf(name)}
            d={SHAPES[name]}
            stroke-dasharray={dashesOf(name)}
            transform={`translate(${i * 16})`}
          />
        ))}
      </svg>
      {of.length > MOST && <span class="soft">+{of.length - MOST}</span>}
    </>
  );
}
