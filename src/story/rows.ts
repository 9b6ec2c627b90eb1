import { sendsOf } from './describe-run.ts';
import type { Arrival, Call, Happening, Report, Run, Send } from './model.ts';

/** A line of the timeline. */
export type Row = { readonly depth: number } & (
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'event'; readonly event: Happening }
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'send'; readonly send: Send; readonly event: Happening }
  | { readonly kind: 'arrival'; readonly arrival: Arrival; readonly event: Happening }
  | { readonly kind: 'report'; readonly report: Report; readonly event: Happening }
);

/**
 * Lists a call with its events below it, the listeners of each event below that, and what they dispatched in turn below
 * them. What another process did with an event is below its arrival there.
 */
export function rowsOf(call: Call): readonly Row[] {
  const rows: Row[] = [];
  // A list of what is left replaces recursion, because a chain may be as deep as `limits.depth` allows.
  const open: Row[] = [{ kind: 'call', depth: 0, call }];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    open.push(...below(row).reverse());
  }
  return rows;
}

/** Returns a key that names a row for as long as its call is kept. */
export function keyOf(row: Row): string {
  switch (row.kind) {
    case 'call':
      return `call ${row.call.id}`;
    case 'event':
      return `event ${row.event.id}`;
    case 'run':
      return `run ${row.run.event.id} ${row.run.process} ${row.run.listener}`;
    case 'send':
      return `send ${row.event.id} ${row.event.sends.indexOf(row.send)}`;
    case 'report':
      return `report ${row.event.id} ${row.event.reports.indexOf(row.report)}`;
    default:
      return `arrival ${row.event.id} ${row.event.arrivals.indexOf(row.arrival)}`;
  }
}

function below(row: Row): Row[] {
  const depth = row.depth + 1;
  switch (row.kind) {
    case 'call':
      return inTurn([row.call], depth);
    case 'run':
      return inTurn(row.run.attempts, depth);
    case 'event':
      return belowEvent(row.event, depth);
    case 'arrival':
      return runRows(runsAt(row.arrival, row.event), depth);
    default:
      return [];
  }
}

/** The rows below an event: its listeners, its forwarders, and its arrivals elsewhere. */
function belowEvent(event: Happening, depth: number): Row[] {
  const own = event.runs.filter((run) => arrivalOf(run, event) === undefined);
  const isForwarder = ({ kind }: Run) => kind === 'forwarder';
  return [
    ...runRows([...own.filter((run) => !isForwarder(run)), ...own.filter(isForwarder)], depth),
    ...event.sends
      // The row of a forwarder already says what it has sent.
      .filter((send) => !event.runs.some((run) => sendsOf(event, run.listener, run.process).includes(send)))
      .map((send) => ({ kind: 'send' as const, depth, send, event })),
    ...event.arrivals.map((arrival) => ({ kind: 'arrival' as const, depth, arrival, event })),
    ...event.reports.map((report) => ({ kind: 'report' as const, depth, report, event })),
  ];
}

function runRows(runs: readonly Run[], depth: number): Row[] {
  return runs.map((run) => ({ kind: 'run', depth, run }));
}

function runsAt(arrival: Arrival, event: Happening): readonly Run[] {
  return event.runs.filter((run) => arrivalOf(run, event) === arrival);
}

/** Finds the arrival that a listener has begun for: the latest one before it in its process. */
function arrivalOf({ attempts, gaveUp, process }: Run, { arrivals }: Happening): Arrival | undefined {
  const began = attempts[0]?.from ?? gaveUp?.at ?? Infinity;
  return arrivals.findLast((arrival) => arrival.process === process && arrival.at <= began);
}

/** Lists events and calls in the order of their times. */
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
