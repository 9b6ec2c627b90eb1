import styles from './legend.module.css';
import { Mark } from './mark.tsx';

const WORDS = {
  event: 'event',
  succeeded: 'handled',
  running: 'running',
  waiting: 'waits',
  sent: 'sent',
  dropped: 'dropped',
  failed: 'failed',
} as const;

/** Explains what each mark means. */
export function Legend() {
  return (
    <ul className={styles.legend} aria-label="Marks">
      {Object.entries(WORDS).map(([mark, word]) => (
        <li key={mark}>
          <Mark of={mark as keyof typeof WORDS} /> {word}
        </li>
      ))}
    </ul>
  );
}
