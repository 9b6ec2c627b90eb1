import { computed } from '@preact/signals-core';
import { treeOf } from '../../story/tree.ts';
import type { Call } from '../../story/index.ts';
import { allCalls, revision } from '../state/calls.ts';

/** The counts of an event, or of a listener, among the calls that are kept. */
export interface Seen {
  readonly count: number;
  readonly failed: number;
  /** The median of the times that a listener took, in ms. */
  readonly median: number | undefined;
}
interface Counted {
  count: number;
  failed: number;
  readonly times: number[];
}
type Tally = ReadonlyMap<string, Counted>;

const NONE: Seen = { count: 0, failed: 0, median: undefined };
/** The counts that each call adds, by its revision: most of a thousand calls have not changed since the last time. */
const kept = new WeakMap<Call, { readonly revision: number; readonly tally: Tally }>();

const seen = computed(() => {
  void revision.value;
  const all = new Map<string, Counted>();
  for (const call of allCalls()) {
    for (const [name, { count, failed, times }] of tallyOf(call)) {
      const sum = counted(all, name);
      sum.count += count;
      sum.failed += failed;
      sum.times.push(...times);
    }
  }
  return all;
});

export function seenEvent(name: string): Seen {
  return read(`event ${name}`);
}

export function seenListener(name: string): Seen {
  return read(`listener ${name}`);
}

function read(key: string): Seen {
  const found = seen.value.get(key);
  if (found === undefined) return NONE;
  const times = found.times.sort((a, b) => a - b);
  return { count: found.count, failed: found.failed, median: times[Math.floor(times.length / 2)] };
}

function tallyOf(call: Call): Tally {
  const known = kept.get(call);
  if (known?.revision === call.revision) return known.tally;
  const tally = new Map<string, Counted>();
  for (const event of treeOf(call).events) {
    counted(tally, `event ${event.about.name}`).count++;
    for (const run of event.runs) {
      const of = counted(tally, `listener ${run.listener}`);
      of.count++;
      if (run.gaveUp !== undefined) of.failed++;
      for (const { from, to } of run.attempts) if (to !== undefined) of.times.push(to - from);
    }
  }
  kept.set(call, { revision: call.revision, tally });
  return tally;
}

function counted(tally: Map<string, Counted>, name: string): Counted {
  let found = tally.get(name);
  if (found === undefined) tally.set(name, (found = { count: 0, failed: 0, times: [] }));
  return found;
}
