import { MARKS, type MarkName } from 'trpc-events/inspector/story';
import styles from './mark.module.css';

const CROSS = 'M4 4l8 8M12 4l-8 8';
const DIAMOND = 'M8 3l5 5-5 5-5-5Z';
const SHAPES: Record<MarkName, string> = {
  succeeded: 'M3 8.5 6.5 12 13 4.5',
  failed: CROSS,
  running: 'M8 2a6 6 0 1 1-6 6',
  waiting: 'M8 4.5V8l2.5 2M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
  dropped: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM4 12l8-8',
  retrying: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6 6l4 4M10 6l-4 4',
  unhandled:
    'M8 2a6 6 0 0 1 2 .3M13 5a6 6 0 0 1 .9 3M12 12.5A6 6 0 0 1 8 14M3 11.5A6 6 0 0 1 2 8M3.5 4A6 6 0 0 1 5 2.8',
  refused: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM5 8h6',
  arrived: 'M3.5 3.5l9 9M6 12.5h6.5V6',
  lost: CROSS,
  late: DIAMOND,
  sent: 'M2.5 8h10.5M9 4l4 4-4 4',
  event: DIAMOND,
};

/** Draws the shape of an outcome. Screen readers skip it, because a word stands beside it. */
export function Mark({ of }: { of: MarkName }) {
  return (
    <svg
      className={`${styles.mark} ${styles[MARKS[of].tone]} ${of === 'running' ? styles.turning : ''}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={SHAPES[of]} />
    </svg>
  );
}
