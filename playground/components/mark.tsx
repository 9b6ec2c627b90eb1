import type { Outcome } from '../story/words.ts';
import styles from './mark.module.css';

const SHAPES: Record<Outcome | 'event', string> = {
  handled: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  running: 'M8 2a6 6 0 1 1-6 6',
  waiting: 'M8 4.5V8l2.5 2M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
  dropped: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM4 12l8-8',
  none: 'M4 8h8',
  sent: 'M2.5 8h10.5M9 4l4 4-4 4',
  event: 'M8 3l5 5-5 5-5-5Z',
};

/** The shape of an outcome. The word stands beside it. */
export function Mark({ of }: { of: Outcome | 'event' }) {
  return (
    <svg className={`${styles.mark} ${styles[of]}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[of]} />
    </svg>
  );
}
