import type { AttemptInfo } from '../../core/types/observer.ts';
import type { Recording, Run, Story } from './recording.ts';
import type { EventNode, ListenerNode } from './types.ts';

/** Builds the tree of causes: an event stands below the listener whose attempt dispatched it. */
export function treeOf({ stories }: Recording): readonly EventNode[] {
  const known = new Map<AttemptInfo, Run>();
  for (const { runs } of stories) {
    for (const run of runs) {
      for (const { info } of run.attempts) if (info !== undefined && !known.has(info)) known.set(info, run);
    }
  }
  const chained = new Map<Run | undefined, Story[]>();
  for (const story of stories) {
    const run = story.cause && known.get(story.cause);
    const siblings = chained.get(run);
    if (siblings === undefined) chained.set(run, [story]);
    else siblings.push(story);
  }
  const nodeOf = ({ event, discarded, isUnhandled, runs }: Story): EventNode => ({
    event,
    discarded,
    unhandled: isUnhandled,
    listeners: runs.map(listenerOf),
  });
  const listenerOf = (run: Run): ListenerNode => {
    const { outcome, error } = run.attempts.at(-1)!;
    return {
      listener: run.listener,
      outcome,
      attempts: run.attempts.length,
      error,
      events: (chained.get(run) ?? []).map(nodeOf),
    };
  };
  return (chained.get(undefined) ?? []).map(nodeOf);
}
