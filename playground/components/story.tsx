import { buildStory } from '../story/build.ts';
import { rowsOf } from '../story/rows.ts';
import { isOver } from '../story/summary.ts';
import type { WorkerState } from '../story/worker-state.ts';
import { Answer } from './answer.tsx';
import { cards } from './cards.ts';
import { Legend } from './legend.tsx';
import type { Press } from './press.ts';
import styles from './story-panel.module.css';
import { InspectorLink } from './inspector-link.tsx';
import { Timeline } from './timeline.tsx';
import { useServerNow } from './use-server-now.ts';

interface Props {
  last: Press;
  worker: WorkerState | undefined;
  isLive: boolean;
  inspector: string | undefined;
}

/** The answer, and below it what came before and after it. */
export function Story({ last, worker, isLive, inspector }: Props) {
  const calls = buildStory(last.entries);
  const rows = rowsOf(calls);
  const over = isOver(calls);
  const now = useServerNow(last.ahead, isLive && calls.length > 0 && !over);
  const { title } = cards.find(({ id }) => id === last.action)!;
  return (
    // It takes the focus, so that keys can scroll it.
    <section
      className={styles.story}
      aria-labelledby="story-title"
      tabIndex={0}
      data-story={last.action}
      data-state={last.state}
    >
      <h3 id="story-title">{title}</h3>
      <Answer press={last} worker={worker} calls={calls} now={now} isOver={over} />
      <Timeline rows={rows} calls={calls} now={now} isStream={last.action === 'import'} />
      <Legend />
      {inspector !== undefined && <InspectorLink inspector={inspector} click={last.click} />}
    </section>
  );
}
