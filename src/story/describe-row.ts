import { describeRun } from './describe-run.ts';
import { duration, visible } from './format.ts';
import type { Arrival, Call, Happening, Report, Send } from './model.ts';
import type { Row } from './rows.ts';
import {
  lateBy,
  LOST,
  markOf,
  markOfReport,
  shortError,
  whyDropped,
  whyRefused,
  type Described,
  type MarkName,
} from './words.ts';

/**
 * Says what a row of the timeline shows: its mark, its name, and the words beside it. `now` is in ms since 1970.
 *
 * @example
 * ```ts
 * import { describeRow, rowsOf, type Call } from 'trpc-events/inspector/story';
 *
 * const linesOf = (call: Call) => rowsOf(call).map((row) => {
 *   const { name, words } = describeRow(row, Date.now());
 *   return `${'  '.repeat(row.depth)}${name}: ${words}`;
 * });
 * ```
 */
export function describeRow(row: Row, now: number): Described {
  switch (row.kind) {
    case 'call':
      return describeCall(row.call, now);
    case 'event':
      return describeEvent(row.event, now);
    case 'run':
      return describeRun(row.run, now);
    case 'send':
      return describeSend(row.send);
    case 'report':
      return { ...describeReport(row.report, row.event.about.name), name: visible(row.event.about.name) };
    default:
      return describeArrival(row.arrival, row.event);
  }
}

/** Names a call: by its path, `publish`, `scope name`, or `↘ order.placed` for what came from a queue. */
export function nameOf({ kind, name }: Call): string {
  const shown = visible(name);
  switch (kind) {
    case 'call':
      return shown || 'a call without a path';
    case 'scope':
      return shown === '' ? 'scope' : `scope ${shown}`;
    case 'publish':
      return 'publish';
    case 'delivery':
      return `↘ ${shown}`;
    case 'refused':
      return shown === '' ? '↘ a message' : `↘ ${shown}`;
    default:
      return shown || 'an error';
  }
}

function describeCall(call: Call, now: number): Described {
  const name = nameOf(call);
  const [report] = call.reports;
  // Both begin with a report, and have no other one.
  if (call.kind === 'refused' || call.kind === 'report')
    return { ...describeReport(report!, call.name), name };
  if (call.kind === 'publish') return { mark: 'succeeded', name, words: 'published' };
  // The mark of this row is the arrow that the list has before the name.
  if (call.kind === 'delivery') return { mark: 'arrived', name: visible(call.name), words: 'delivered' };
  const mark = markOf(call);
  return { mark, name, words: wordsOf(call, mark, now) };
}

function wordsOf({ from, end }: Call, mark: MarkName, now: number): string {
  if (mark === 'lost') return LOST;
  if (mark === 'running') return `running, ${duration(Math.max(0, now - from))}`;
  return mark === 'failed' ? `failed: ${shortError(end?.error)}` : 'succeeded';
}

function describeEvent(event: Happening, now: number): Described {
  const name = visible(event.about.name);
  if (event.dropped !== undefined) return { mark: 'dropped', name, words: `dropped: ${whyDropped(event)}` };
  if (event.isUnhandled && event.runs.length === 0)
    return { mark: 'unhandled', name, words: 'nobody takes it' };
  const late = lateBy(event);
  const became = whatBecameOf(event, now);
  if (late === undefined) return { ...became, name };
  const whose = 'run' in event.by ? 'its listener' : `the ${event.by.kind}`;
  return { mark: 'late', name, words: `dispatched ${duration(late)} after ${whose} had ended` };
}

function whatBecameOf(event: Happening, now: number): Omit<Described, 'name'> {
  const { runs, by, released } = event;
  if (runs.length === 0 && event.sends.length === 0) {
    if (by.lost !== undefined && by.to === undefined) return { mark: 'lost', words: LOST };
    if (released !== undefined || event.arrivals.length > 0)
      return { mark: 'waiting', words: 'waits its turn' };
    return { mark: 'waiting', words: 'run' in by ? 'waits for its listener' : waitsFor(by) };
  }
  const handlers = runs.filter(({ kind }) => kind !== 'forwarder');
  const [counted, verb] = handlers.length > 0 ? [handlers, 'handled'] : [runs, 'sent'];
  const marks = counted.map((run) => describeRun(run, now).mark);
  const done = marks.filter((mark) => mark === 'succeeded' || mark === 'sent').length;
  const failed = marks.filter((mark) => mark === 'failed').length;
  const all = `${done} of ${counted.length} ${verb}${failed === 0 ? '' : `, ${failed} failed`}`;
  return { mark: 'event', words: counted.length === 0 ? 'sent' : all };
}

/** A scope has no response: its events wait until it has ended. */
function waitsFor({ kind }: Call): string {
  if (kind === 'call') return 'waits for the response';
  return kind === 'scope' ? 'waits for the scope' : 'waits its turn';
}

function describeReport({ isRefusal, error }: Report, event: string): Omit<Described, 'name'> {
  if (isRefusal) return { mark: 'refused', words: `refused: ${whyRefused(error, event)}` };
  return { mark: markOfReport(error), words: `reported: ${shortError(error)}` };
}

function describeSend({ destination, end }: Send): Described {
  const name = visible(destination);
  return end.ok
    ? { mark: 'sent', name, words: `sent to ${name}` }
    : { mark: 'failed', name, words: `failed: ${shortError(end.error)}` };
}

function describeArrival(arrival: Arrival, event: Happening): Described {
  const { destination, number } = arrival;
  const from = destination === undefined ? 'from a queue' : `from ${visible(destination)}`;
  const waited = inQueue(arrival, event);
  const also =
    number > 1 ? `, delivery ${number}` : waited === undefined ? '' : `, ${duration(waited)} in the queue`;
  return { mark: 'arrived', name: visible(event.about.name), words: `${from}${also}` };
}

/** How long an event was in the queue before it arrived first, in ms; `undefined` if nobody knows when it was sent. */
function inQueue({ at, number }: Arrival, { sends, runs }: Happening): number | undefined {
  if (number > 1) return undefined;
  const ends = [
    ...sends.filter(({ end }) => end.ok).map(({ to }) => to),
    ...runs.flatMap(({ kind, attempts }) =>
      kind === 'forwarder' ? attempts.flatMap(({ to }) => to ?? []) : [],
    ),
  ];
  // The clocks of two machines may differ.
  return ends.length === 0 ? undefined : Math.max(0, at - Math.min(...ends));
}
