import styles from './story-panel.module.css';

interface Props {
  /** The inspector's address, with the token in its fragment. */
  inspector: string;
  click: string;
}

/** Links to the same story in the inspector, which finds it by the click in its events' meta. */
export function InspectorLink({ inspector, click }: Props) {
  return (
    <p className={styles.inspect}>
      {/* The fragment never reaches a server, so the token is in no log. */}
      <a href={`${inspector}&filter=meta.click:${click}`} target="trpc-events-inspector" rel="noreferrer">
        Open it in the inspector
      </a>
      : its payloads, errors and ids
    </p>
  );
}
