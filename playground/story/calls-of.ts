import { rowsOf, type Call, type Story } from 'trpc-events/inspector/story';

/** Groups a story's calls by the click in their events' meta. A click's calls are in the order of their batch. */
export function callsByClick(story: Story): ReadonlyMap<string, readonly Call[]> {
  const calls = new Map<string, Call[]>();
  for (const call of story.calls) {
    const click = clickOf(call);
    if (click !== undefined) calls.set(click, [...(calls.get(click) ?? []), call].sort(byPlace));
  }
  return calls;
}

function clickOf(call: Call): string | undefined {
  for (const row of rowsOf(call)) {
    if (row.kind !== 'event' || row.event.about.meta === undefined) continue;
    return (JSON.parse(row.event.about.meta) as { click?: string }).click;
  }
  return undefined;
}

function byPlace(a: Call, b: Call): number {
  return (a.batchIndex ?? 0) - (b.batchIndex ?? 0);
}
