import { describeRun } from './describe-run.ts';
import { nameOf, describeRow } from './describe-row.ts';
import type { Call, Happening } from './model.ts';
import { barsOf } from './bars.ts';
import { rowsOf } from './rows.ts';
import { treeOf } from './tree.ts';
import { markOfReport, TONES, type MarkName } from './words.ts';

/** A call in one line of a list. */
export interface Line {
  /** The worst that came of it: red before amber before blue before grey before green. */
  readonly mark: MarkName;
  readonly name: string;
  /** A mark for each event, in the order of their dispatch. */
  readonly events: readonly MarkName[];
  /** How long the call took, in ms. A publish or a delivery takes until all that came of it has ended. */
  readonly duration: number | undefined;
  /** True for a plain query that dispatched nothing, and has not failed. */
  readonly isQuiet: boolean;
  /** The same text for all calls of an HTTP batch. */
  readonly batch: string | undefined;
}

/** The outcomes of a call other than success, the worst first. `event`, `sent`, `arrived` and `late` are not outcomes. */
export const OUTCOMES: readonly MarkName[] = [
  'failed',
  'refused',
  'unhandled',
  'retrying',
  'waiting',
  'running',
  'lost',
  'dropped',
];

/**
 * Puts a call into one line. `now` is in ms since 1970.
 *
 * @example
 * ```ts
 * import { lineOf, MARKS, type Story } from 'trpc-events/inspector/story';
 *
 * const listOf = (story: Story) => story.calls.map((call) => {
 *   const { mark, name } = lineOf(call, Date.now());
 *   return `${MARKS[mark].sign} ${name}`;
 * });
 * ```
 */
export function lineOf(call: Call, now: number): Line {
  return summaryOf(call, now).line;
}

/** Returns the marks of all that came of a call. */
export function marksIn(call: Call, now: number): ReadonlySet<MarkName> {
  return summaryOf(call, now).marks;
}

interface Kept {
  readonly revision: number;
  readonly marks: ReadonlySet<MarkName>;
  readonly line: Line;
}

/** The summaries of calls that are over. They no longer change with the time, and each change of a filter needs them all. */
const kept = new WeakMap<Call, Kept>();

function summaryOf(call: Call, now: number): Kept {
  const before = kept.get(call);
  if (before?.revision === call.revision) return before;
  const { calls, events } = treeOf(call);
  const inOrder = [...events].sort((a, b) => a.at - b.at).map((event) => markOfEvent(event, now));
  const marks = new Set(inOrder);
  for (const it of calls) marks.add(describeRow({ kind: 'call', depth: 0, call: it }, now).mark);
  for (const { runs, reports, sends, arrivals } of events) {
    for (const { isRefusal, error } of reports) marks.add(isRefusal ? 'refused' : markOfReport(error));
    for (const run of runs) marks.add(describeRun(run, now).mark);
    if (sends.length > 0) marks.add('sent');
    if (arrivals.length > 0) marks.add('arrived');
  }
  const mark = OUTCOMES.find((it) => marks.has(it)) ?? 'succeeded';
  const line: Line = {
    mark,
    name: nameOf(call),
    events: inOrder,
    duration: durationOf(call, marks),
    isQuiet: call.type === 'query' && events.length === 0 && calls.length === 1 && TONES[mark] !== 'red',
    batch: call.batch,
  };
  const summary = { revision: call.revision, marks, line };
  // Only a root call counts its changes, so the summary of an inner call can't be kept.
  if (call.by === undefined && !marks.has('running') && !marks.has('waiting')) kept.set(call, summary);
  return summary;
}

function markOfEvent(event: Happening, now: number): MarkName {
  return describeRow({ kind: 'event', depth: 0, event }, now).mark;
}

function durationOf(call: Call, marks: ReadonlySet<MarkName>): number | undefined {
  if (call.kind === 'call' || call.kind === 'scope')
    return call.to === undefined ? undefined : call.to - call.from;
  if (marks.has('running') || marks.has('waiting')) return undefined;
  // A publish or a delivery includes everything that it led to.
  const ends = rowsOf(call).flatMap((row) => barsOf(row, 0).map(({ from, to = from }) => to));
  return Math.max(...ends) - call.from;
}
