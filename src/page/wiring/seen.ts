import { computed } from '../signals.ts';
import { treeOf } from '../../story/tree.ts';
import { allCalls } from '../state/calls.ts';

/** The counts of an event, or of a listener, among the calls that are kept. */
interface Seen {
  count: number;
  failed: number;
  /** The times that a listener took, in ms. */
  readonly times: number[];
}

const seen = computed(() => {
  const all = new Map<string, Seen>();
  const of = (name: string) => {
    const known = all.get(name) ?? { count: 0, failed: 0, times: [] };
    all.set(name, known);
    known.count++;
    return known;
  };
  for (const event of allCalls().flatMap((call) => treeOf(call).events)) {
    of(`event ${event.about.name}`);
    for (const { listener, gaveUp, attempts } of event.runs) {
      const known = of(`listener ${listener}`);
      if (gaveUp !== undefined) known.failed++;
      for (const { from, to } of attempts) if (to !== undefined) known.times.push(to - from);
    }
  }
  return all;
});

export function seenEvent(name: string): number {
  return seen.value.get(`event ${name}`)?.count ?? 0;
}

export function seenListener(name: string) {
  const { count = 0, failed = 0, times = [] } = seen.value.get(`listener ${name}`) ?? {};
  return { count, failed, median: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] };
}
