import { describeRun } from './describe-run.ts';
import { duration, visible } from './format.ts';
import type { Arrival, Call, Happening, Report, Send } from './model.ts';
import type { Row } from './rows.ts';
import { isCall, type Parent } from './tree.ts';
import {
  describeCourse,
  failedWith,
  lateBy,
  LOST,
  markOfReport,
  shortError,
  whyDropped,
  whyRefused,
  type Described,
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
    case 'run':
      return describeRun(row.run, now);
    case 'send':
      return { name: visible(row.send.destination), ...describeSend(row.send) };
    default:
      return { name: visible(row.event.about.name), ...describeBelow(row, now) };
  }
}

type Words = Omit<Described, 'name'>;

function describeBelow(row: Extract<Row, { kind: 'event' | 'report' | 'arrival' }>, now: number): Words {
  if (row.kind === 'event') return describeEvent(row.event, now);
  if (row.kind === 'report') return describeReport(row.report, row.event.about.name);
  return describeArrival(row.arrival, row.event);
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
  switch (call.kind) {
    case 'refused':
    case 'report':
      // Calls of both kinds begin with a report, and have no other one.
      return { name, ...describeReport(call.reports[0]!, call.name) };
    case 'publish':
      return { mark: 'succeeded', name, words: 'published' };
    case 'delivery':
      // The mark of this row is the arrow that the list has before the name.
      return { mark: 'arrived', name: visible(call.name), words: 'delivered' };
    default:
      return { name, ...describeCourse(call, now) };
  }
}

function describeEvent(event: Happening, now: number): Words {
  if (event.dropped !== undefined) return { mark: 'dropped', words: `dropped: ${whyDropped(event)}` };
  if (event.isUnhandled && event.runs.length === 0) return { mark: 'unhandled', words: 'nobody takes it' };
  const late = lateBy(event);
  if (late === undefined) return whatBecameOf(event, now);
  const whose = isCall(event.by) ? `the ${event.by.kind}` : 'its listener';
  return { mark: 'late', words: `dispatched ${duration(late)} after ${whose} had ended` };
}

function whatBecameOf(event: Happening, now: number): Words {
  const { runs, by, released, sends, arrivals } = event;
  if (runs.length + sends.length === 0) {
    if (by.lost !== undefined && by.to === undefined) return { mark: 'lost', words: LOST };
    const isReleased = released !== undefined || arrivals.length > 0;
    return { mark: 'waiting', words: isReleased ? 'waits its turn' : waitsFor(by) };
  }
  const handlers = runs.filter(({ kind }) => kind !== 'forwarder');
  const [counted, verb] = handlers.length > 0 ? [handlers, 'handled'] : [runs, 'sent'];
  if (counted.length === 0) return { mark: 'event', words: verb };
  const marks = counted.map((run) => describeRun(run, now).mark);
  const done = marks.filter((mark) => mark === 'succeeded' || mark === 'sent').length;
  const failed = marks.filter((mark) => mark === 'failed').length;
  const all = `${done} of ${counted.length} ${verb}`;
  return { mark: 'event', words: failed === 0 ? all : `${all}, ${failed} failed` };
}

/** Says what an event waits for. A scope has no response, so its events wait until it has ended. */
function waitsFor(by: Parent): string {
  if (!isCall(by)) return 'waits for its listener';
  if (by.kind === 'call') return 'waits for the response';
  return by.kind === 'scope' ? 'waits for the scope' : 'waits its turn';
}

function describeReport({ isRefusal, error }: Report, event: string): Words {
  if (isRefusal) return { mark: 'refused', words: `refused: ${whyRefused(error, event)}` };
  return { mark: markOfReport(error), words: `reported: ${shortError(error)}` };
}

function describeSend({ destination, end }: Send): Words {
  return end.ok
    ? { mark: 'sent', words: `sent to ${visible(destination)}` }
    : { mark: 'failed', words: failedWith(end) };
}

function describeArrival(arrival: Arrival, event: Happening): Words {
  const { destination, number, at, isRedelivery } = arrival;
  if (isRedelivery) return { mark: 'arrived', words: 'redelivered' };
  const from = `from ${destination === undefined ? 'a queue' : visible(destination)}`;
  if (number > 1) return { mark: 'arrived', words: `${from}, delivery ${number}` };
  const sent = firstSent(event);
  // The clocks of two machines may differ. A negative time is written as `0 ms`.
  const waited = sent === undefined ? '' : `, ${duration(at - sent)} in the queue`;
  return { mark: 'arrived', words: from + waited };
}

/** Returns when an event was given to a queue, or `undefined` if nobody knows. */
function firstSent({ sends, runs }: Happening): number | undefined {
  const attempts = runs.flatMap((run) => (run.kind === 'forwarder' ? run.attempts : []));
  const ends = [...sends.filter(({ end }) => end.ok), ...attempts].flatMap(({ to }) => to ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
