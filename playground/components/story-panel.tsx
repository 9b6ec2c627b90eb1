'use client';

import { buildStory } from '../story/build.ts';
import { rowsOf } from '../story/rows.ts';
import { Answer } from './answer.tsx';
import { cards } from './cards.ts';
import { FeedState } from './feed-state.tsx';
import { Legend } from './legend.tsx';
import styles from './story-panel.module.css';
import { Timeline } from './timeline.tsx';
import type { Shop } from './use-shop.ts';
import { useServerNow } from './use-server-now.ts';

export function StoryPanel({ shop }: { shop: Shop }) {
  return (
    <aside className={styles.panel} aria-label="What happened">
      <header>
        <h2>What happened</h2>
        <FeedState feed={shop.feed} reconnect={shop.reconnect} />
      </header>
      <Content shop={shop} />
      <Legend />
    </aside>
  );
}

function Content({ shop: { last, feed, press } }: { shop: Shop }) {
  const calls = buildStory(last?.entries ?? []);
  const rows = rowsOf(calls);
  const isRunning =
    last?.state === 'waiting' ||
    rows.some((row) => row.kind === 'attempt' && row.attempt.to === undefined) ||
    calls.some(({ answered }) => answered === undefined);
  const now = useServerNow(last?.ahead ?? 0, isRunning && feed === 'live');
  if (last === undefined)
    return (
      <div className={styles.empty}>
        <p className={styles.big}>Press a button.</p>
        <p>
          Here you see when the server answered, and what it did after that: which events were handled or
          dropped, by whom, and how long after the response.
        </p>
      </div>
    );
  const { title, button } = cards.find(({ id }) => id === last.action)!;
  if (last.state === 'broken')
    return (
      <div className={styles.empty} role="alert">
        <p className={styles.big}>No answer.</p>
        <p>The call failed on its way: {last.says} Is the server still running? When it is, press again.</p>
        <button type="button" className={styles.retry} onClick={() => press(last.action)}>
          {button} again
        </button>
      </div>
    );
  return (
    <div className={styles.story} data-action={last.action} data-state={last.state}>
      <h3>{title}</h3>
      <Answer press={last} calls={calls} now={now} />
      <Timeline rows={rows} calls={calls} now={now} isStream={last.action === 'import'} />
    </div>
  );
}
