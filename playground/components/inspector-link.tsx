import styles from './story-panel.module.css';

interface Props {
  /** Its address, with the token in the fragment. */
  inspector: string;
  click: string;
}

/** Leads to the same story in the inspector: the meta of its events names the click. */
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
