import { cards } from './cards.ts';
import type { Press } from './press.ts';
import styles from './story-panel.module.css';

/** Says that a call did not get through, with a button to try it again. */
export function NoAnswer({ last, again }: { last: Press; again: () => void }) {
  const { button } = cards.find(({ id }) => id === last.action)!;
  return (
    <div className={styles.empty} role="alert">
      <p className={styles.big}>The call did not get through.</p>
      <p>The browser got: {last.says}. Is the server still running? When it is, press again.</p>
      <button type="button" className={styles.retry} onClick={again}>
        {button} again
      </button>
    </div>
  );
}
