'use client';

import { useState } from 'react';
import { FeedState } from './feed-state.tsx';
import { NoAnswer } from './no-answer.tsx';
import { Runs } from './runs.tsx';
import { Sketch } from './sketch.tsx';
import styles from './story-panel.module.css';
import { Story } from './story.tsx';
import type { Shop } from './use-shop.ts';

/** Shows what happened since the last press of a button, or since an earlier one that the reader chose. */
export function StoryPanel({ shop, inspector }: { shop: Shop; inspector: string | undefined }) {
  const { presses, calls, worker, feed, press, show, reconnect } = shop;
  const last = presses.list.find(({ click }) => click === presses.shown) ?? presses.list[0];
  // The click for which the panel is folded away, on a phone. The next press unfolds it.
  const [folded, setFolded] = useState<string>();
  const click = last?.click ?? 'none yet';
  const isFolded = folded === click;
  return (
    <aside
      className={styles.panel}
      aria-label="What happened"
      data-empty={last === undefined || undefined}
      data-folded={isFolded || undefined}
    >
      <header>
        <h2>What happened</h2>
        <FeedState feed={feed} reconnect={reconnect} />
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!isFolded}
          onClick={() => setFolded(isFolded ? undefined : click)}
        >
          {isFolded ? 'show' : 'hide'}
        </button>
      </header>
      {last === undefined ? <NothingYet /> : <Runs presses={presses} calls={calls} show={show} />}
      {last?.state === 'broken' && <NoAnswer last={last} again={() => press(last.action)} />}
      {last !== undefined && last.state !== 'broken' && (
        <Story
          key={last.click}
          press={last}
          calls={calls.get(last.click) ?? []}
          worker={worker}
          ahead={presses.ahead}
          isLive={feed === 'live'}
          inspector={inspector}
        />
      )}
    </aside>
  );
}

function NothingYet() {
  return (
    <div className={styles.empty}>
      <p className={styles.big}>Press a button.</p>
      <p>
        Here you see when the server answered, and what came of the events: handled by which listener, how
        long after the response, or dropped.
      </p>
      <Sketch />
    </div>
  );
}
