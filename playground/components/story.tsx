import { isOver, rowsOf, type Call } from 'trpc-events/inspector/story';
import { now as clock } from '../story/clock.ts';
import type { WorkerState } from '../story/worker-state.ts';
import { Answer } from './answer.tsx';
import { cards } from './cards.ts';
import { InspectorLink } from './inspector-link.tsx';
import { Legend } from './legend.tsx';
import type { Press } from './press.ts';
import styles from './story-panel.module.css';
import { Timeline } from './timeline.tsx';
import { useServerNow } from './use-server-now.ts';

interface Props {
  press: Press;
  calls: readonly Call[];
  worker: WorkerState | undefined;
  /** How far this browser's clock is ahead of the server's, at most, in ms. */
  ahead: number;
  isLive: boolean;
  inspector: string | undefined;
}

/** Shows the answer of a press, and below it the timeline. */
export function Story({ press, calls, worker, ahead, isLive, inspector }: Props) {
  const rows = calls.flatMap(rowsOf);
  const over = isOver(calls, clock());
  const now = useServerNow(ahead, isLive && calls.length > 0 && !over);
  const { title } = cards.find(({ id }) => id === press.action)!;
  return (
    // The section takes the focus, so that the keyboard can scroll it.
    <section
      className={styles.story}
      aria-labelledby="story-title"
      tabIndex={0}
      data-story={press.action}
      data-state={press.state}
    >
      <h3 id="story-title">{title}</h3>
      <Answer press={press} worker={worker} calls={calls} now={now} isOver={over} />
      <Timeline
        rows={rows}
        calls={calls}
        now={now}
        isStream={press.action === 'import'}
        inspector={inspector}
      />
      <Legend />
      {inspector !== undefined && <InspectorLink inspector={inspector} click={press.click} />}
    </section>
  );
}
