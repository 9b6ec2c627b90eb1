import styles from './feed-state.module.css';
import type { Shop } from './use-shop.ts';

const WORDS = {
  connecting: 'connecting',
  live: 'live',
  retrying: 'connecting again',
  broken: 'not connected',
} as const;

/** Shows whether the page is connected to the server that tells the story. */
export function FeedState({ feed, reconnect }: Pick<Shop, 'feed' | 'reconnect'>) {
  return (
    <p className={styles.feed} data-feed={feed} role="status">
      <span className={styles.dot} aria-hidden="true" />
      {WORDS[feed]}
      {feed === 'broken' && (
        <button type="button" onClick={reconnect}>
          connect again
        </button>
      )}
    </p>
  );
}
