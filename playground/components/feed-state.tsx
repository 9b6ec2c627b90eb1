import styles from './feed-state.module.css';
import type { Shop } from './use-shop.ts';

const WORDS = {
  connecting: 'connecting',
  live: 'live',
  retrying: 'broken off, connecting again',
  broken: 'broken off',
} as const;

/** Whether the story is told live. */
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
