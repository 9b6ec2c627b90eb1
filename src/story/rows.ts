import type { Arrival, Call, Happening, Run, Send } from './model.ts';

/** A line of the timeline. */
export type Row = { readonly depth: number } & (
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'event'; readonly event: Happening }
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'send'; readonly send: Send; readonly event: Happening }
  | { readonly kind: 'arrival'; readonly arrival: Arrival; readonly event: Happening }
);

/** Lists a call, below it its events, below each who took it, and below those what they dispatched in turn. */
export function rowsOf(call: Call): readonly Row[] {
  const rows: Row[] = [];
  // A list of what is still to do in place of recursion: a chain may be as deep as `limits.depth` allows.
  const open: Row[] = [{ kind: 'call', depth: 0, call }];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    open.push(...below(row).reverse());
  }
  return rows;
}

function below(row: Row): Row[] {
  const depth = row.depth + 1;
  switch (row.kind) {
    case 'call':
      return inTurn([row.call], depth);
    case 'run':
      return inTurn(row.run.attempts, depth);
    case 'event': {
      const { event } = row;
      return [
        ...event.sends.map((send) => ({ kind: 'send' as const, depth, send, event })),
        ...event.arrivals.map((arrival) => ({ kind: 'arrival' as const, depth, arrival, event })),
        ...event.runs.map((run) => ({ kind: 'run' as const, depth, run })),
      ];
    }
    default:
      return [];
  }
}

/** Events and calls, by their time. */
function inTurn(
  by: readonly { readonly events: readonly Happening[]; readonly calls: readonly Call[] }[],
  depth: number,
): Row[] {
  const rows = by.flatMap(({ events, calls }) => [
    ...events.map((event) => ({ at: event.at, row: { kind: 'event' as const, depth, event } })),
    ...calls.map((call) => ({ at: call.from, row: { kind: 'call' as const, depth, call } })),
  ]);
  return rows.sort((a, b) => a.at - b.at).map(({ row }) => row);
}
