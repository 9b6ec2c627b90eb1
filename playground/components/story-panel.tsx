'use client';

import { FeedState } from './feed-state.tsx';
import { Legend } from './legend.tsx';
import { NoAnswer } from './no-answer.tsx';
import styles from './story-panel.module.css';
import { Story } from './story.tsx';
import type { Shop } from './use-shop.ts';

/** What happened since the last press of a button. */
export function StoryPanel({ shop: { last, feed, press, reconnect } }: { shop: Shop }) {
  return (
    <aside className={styles.panel} aria-label="What happened">
      <header>
        <h2>What happened</h2>
        <FeedState feed={feed} reconnect={reconnect} />
      </header>
      {last === undefined && <NothingYet />}
      {last?.state === 'broken' && <NoAnswer last={last} again={() => press(last.action)} />}
      {last !== undefined && last.state !== 'broken' && <Story last={last} isLive={feed === 'live'} />}
      <Legend />
    </aside>
  );
}

function NothingYet() {
  return (
    <div className={styles.empty}>
      <p className={styles.big}>Press a button.</p>
      <p>
        Here you see when the server answered, and what it did after that: which events were handled or
        dropped, by whom, and how long after the response.
      </p>
    </div>
  );
}
