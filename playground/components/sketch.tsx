import styles from './sketch.module.css';

/** Shows how to read a story, before the first button is pressed. */
export function Sketch() {
  return (
    <svg className={styles.sketch} viewBox="0 0 420 96" aria-hidden="true">
      <text x="0" y="43">
        a call
      </text>
      <text x="0" y="67">
        its listeners
      </text>
      <rect x="112" y="34" width="40" height="10" rx="2" className={styles.call} />
      <rect x="158" y="58" width="190" height="10" rx="2" className={styles.listener} />
      <rect x="158" y="78" width="70" height="10" rx="2" className={styles.listener} />
      <path d="M155.5 22V94" />
      <text x="155" y="14">
        response sent
      </text>
    </svg>
  );
}
