import { sendsOf } from './describe-run.ts';
import type { Attempt, Happening, Run } from './model.ts';
import type { Row } from './rows.ts';
import { gaveUpOf, markOf, markOfReport, type MarkName } from './words.ts';

/** A part of a row on the axis. */
export interface Bar {
  readonly kind: 'attempt' | 'backOff' | 'call' | 'send' | 'queue' | 'moment';
  /** Milliseconds since 1970. */
  readonly from: number;
  /** `undefined` if the bar is not over. Draw it up to now. */
  readonly to: number | undefined;
  readonly mark: MarkName;
  /** True if nobody knows its end, because the process was lost. */
  readonly isTorn: boolean;
}

/**
 * Lists what a row shows on the axis, in order: the attempts of a listener with the back-offs between them, what a
 * forwarder sent and how long that was in the queue, or the moment of an event.
 */
export function barsOf(row: Row, now: number): readonly Bar[] {
  switch (row.kind) {
    case 'call': {
      const { kind, from, to, lost } = row.call;
      if (kind !== 'call' && kind !== 'scope')
        return [moment(from, kind === 'refused' ? 'refused' : kind === 'report' ? 'failed' : 'event')];
      return [{ kind: 'call', from, to: to ?? lost, mark: markOf(row.call), isTorn: isTorn(row.call) }];
    }
    case 'event': {
      const { at, dropped, isUnhandled } = row.event;
      return [moment(at, dropped !== undefined ? 'dropped' : isUnhandled ? 'unhandled' : 'event')];
    }
    case 'send':
      return sendBars(row.event, row.send.listener, row.send.process);
    case 'report':
      return [moment(row.report.at, row.report.isRefusal ? 'refused' : markOfReport(row.report.error))];
    case 'arrival':
      return [moment(row.arrival.at, 'arrived')];
    default:
      return runBars(row.run, now);
  }
}

function moment(at: number, mark: MarkName): Bar {
  return { kind: 'moment', from: at, to: at, mark, isTorn: false };
}

function runBars(run: Run, now: number): readonly Bar[] {
  const { attempts, kind, event, listener, process } = run;
  const bars = attempts.flatMap((attempt, i) => attemptBars(attempt, attempts[i + 1], run, now));
  if (kind !== 'forwarder') return bars;
  const sends = sendBars(event, listener, process);
  return sends.length === 0 ? bars : [...bars.filter(({ to }) => to === undefined), ...sends];
}

function attemptBars(attempt: Attempt, next: Attempt | undefined, run: Run, now: number): readonly Bar[] {
  const { from, to, lost, delay } = attempt;
  const hasFailed = markOf(attempt) === 'failed';
  const isLast = next === undefined && delay === undefined;
  const mark = hasFailed && !isLast ? 'retrying' : markOf(attempt);
  const bar: Bar = { kind: 'attempt', from, to: to ?? lost, mark, isTorn: isTorn(attempt) };
  if (to === undefined || delay === undefined || !hasFailed) return [bar];
  // A wait may be cut short, and one that is over may be followed by a wait for a slot.
  const over = next?.from ?? gaveUpOf(run)?.at ?? (now < to + delay ? undefined : to + delay);
  return [bar, { kind: 'backOff', from: to, to: over, mark: 'waiting', isTorn: false }];
}

function sendBars(event: Happening, listener: string, process: string): readonly Bar[] {
  const sends = sendsOf(event, listener, process);
  const bars = sends.map(({ from, to, end }): Bar => ({
    kind: 'send',
    from,
    to,
    mark: end.ok ? 'sent' : 'failed',
    isTorn: false,
  }));
  const sent = sends.findLast(({ end }) => end.ok);
  const taken =
    sent && event.arrivals.find(({ at, destination }) => at >= sent.to && (destination ?? '') !== '');
  if (sent === undefined || taken === undefined) return bars;
  return [...bars, { kind: 'queue', from: sent.to, to: taken.at, mark: 'waiting', isTorn: false }];
}

function isTorn({ to, lost }: { readonly to?: number; readonly lost?: number }): boolean {
  return to === undefined && lost !== undefined;
}
