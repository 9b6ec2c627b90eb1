import type { Attempt, Call, Happening } from './build.ts';

/** A line of the timeline. */
export type Row = { readonly depth: number } & (
  | { readonly kind: 'call'; readonly call: Call; readonly of: number }
  | { readonly kind: 'event'; readonly event: Happening; readonly call: Call }
  | { readonly kind: 'attempt'; readonly attempt: Attempt; readonly call: Call }
);

/** Calls, below each its events, below each their listeners, below each what those dispatched. */
export function rowsOf(calls: readonly Call[]): readonly Row[] {
  return calls.flatMap((call) => [
    { kind: 'call' as const, depth: 0, call, of: calls.length },
    ...call.events.flatMap((event) => eventRows(event, call, 1)),
  ]);
}

function eventRows(event: Happening, call: Call, depth: number): Row[] {
  return [
    { kind: 'event', depth, event, call },
    ...event.attempts.flatMap((attempt) => [
      { kind: 'attempt' as const, depth: depth + 1, attempt, call },
      ...attempt.events.flatMap((chained) => eventRows(chained, call, depth + 2)),
    ]),
  ];
}

export function attemptsOf(calls: readonly Call[]): readonly Attempt[] {
  return rowsOf(calls).flatMap((row) => (row.kind === 'attempt' ? [row.attempt] : []));
}

export function eventsOf(calls: readonly Call[]): readonly Happening[] {
  return rowsOf(calls).flatMap((row) => (row.kind === 'event' ? [row.event] : []));
}
