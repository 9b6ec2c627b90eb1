import { describeRow } from './describe-row.ts';
import { describeRun } from './describe-run.ts';
import { duration, visible } from './format.ts';
import type { Call, Happening, Run } from './model.ts';
import { isTaken, onTheWay } from './on-the-way.ts';
import { isStream } from './response.ts';
import { rowsOf } from './rows.ts';
import { isCall, treeOf } from './tree.ts';
import { whyDropped, type MarkName } from './words.ts';

/** A summary of all that happened after the answer, in a figure and a few words. */
export interface Summary {
  readonly mark: MarkName;
  /** Milliseconds after the response. */
  readonly later?: number | undefined;
  /** `120 ms later`, or what a time would not say: `dropped`, `waited`, `1 of 5`. Left out until something is known. */
  readonly figure?: string | undefined;
  readonly words: string;
}

/** The facts that entries don't tell. */
export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How many rows a stream will yield. Default: as many as there are events. */
  readonly rows?: number | undefined;
  /** Why nobody takes what is in a queue. Default: none, since somebody does. */
  readonly whyQueued?: string | undefined;
}

const BECAME: Partial<Record<MarkName, string>> = {
  running: 'is running',
  waiting: 'waits',
  failed: 'failed',
  lost: 'was lost',
  succeeded: 'was done',
};

/**
 * Sums up what came of calls that began together, such as those of one click: what happened, and how long after the response.
 *
 * @example
 * ```ts
 * import { summarize, type Call } from 'trpc-events/inspector/story';
 *
 * const figureOf = (call: Call) => summarize([call], { now: Date.now() }).figure; // '120 ms later'
 * ```
 */
export function summarize(calls: readonly Call[], circumstances: Circumstances): Summary {
  const { now, rows = 0, whyQueued = '' } = circumstances;
  const runs = runsOf(calls);
  const events = calls.flatMap((call) => treeOf(call).events);
  const [dropped, ...others] = inOrder(events.filter((event) => event.dropped !== undefined));
  const sent = sentOf(calls);
  const queue = onTheWay(runs.filter(isForwarder), whyQueued, now);
  if (queue !== undefined)
    return sent === undefined || queue.mark === 'failed' ? queue : { ...queue, ...after(now - sent) };
  const listeners = runs.filter((run) => !isForwarder(run));
  if (listeners.length === 0 && dropped !== undefined) {
    const words = `${visible(dropped.about.name)}: ${whyDropped(dropped)}`;
    return { mark: 'dropped', figure: 'dropped', words };
  }
  const last = lastOf(listeners);
  if (last === undefined) return summarizeWithout(events, runs);
  const { mark } = describeRun(last, now);
  const also = dropped === undefined ? '' : `; ${countOf(others.length + 1)} dropped`;
  const words = `${visible(last.listener)} ${BECAME[mark] ?? ''}${also}`;
  if (calls.some(isStream)) {
    const done = listeners.filter((run) => endOf(run) !== undefined).length;
    const figure = `${done} of ${Math.max(rows, listeners.length)}`;
    return { mark, figure, words: `${words}, for each row` };
  }
  if (sent === undefined) return { mark, words };
  const end = endOf(last);
  if (end !== undefined && end < sent)
    return { mark, figure: 'waited', words: `the caller waited for ${visible(last.listener)}` };
  return { mark, words, ...after((end ?? now) - sent) };
}

function summarizeWithout(events: readonly Happening[], runs: readonly Run[]): Summary {
  const [first] = events;
  if (first === undefined) return { mark: 'waiting', words: 'no event yet' };
  if (runs.length > 0)
    return { mark: 'sent', words: `${visible(first.about.name)} was taken from the queue` };
  if (events.every(({ isUnhandled }) => isUnhandled)) return { mark: 'unhandled', words: 'nobody takes it' };
  return { mark: 'waiting', words: 'events wait for the response' };
}

function after(ms: number): Pick<Summary, 'later' | 'figure'> {
  const later = Math.max(0, ms);
  return { later, figure: `${duration(later)} later` };
}

/** Returns true if nothing more will come of these calls: all are answered, and nothing runs, waits, or is in a queue. */
export function isOver(calls: readonly Call[], now: number): boolean {
  if (calls.length === 0 || !calls.every(isAnswered)) return false;
  return calls.flatMap(rowsOf).every((row) => {
    const { mark } = describeRow(row, now);
    return (
      mark !== 'running' &&
      mark !== 'waiting' &&
      !(row.kind === 'run' && mark === 'sent' && !isTaken(row.run))
    );
  });
}

function isAnswered({ kind, answered, unanswered, lost }: Call): boolean {
  return kind !== 'call' || answered !== undefined || unanswered !== undefined || lost !== undefined;
}

/** Returns when the last response of some calls was sent. */
function sentOf(calls: readonly Call[]): number | undefined {
  const times = calls.flatMap(({ answered }) => answered ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

function runsOf(calls: readonly Call[]): readonly Run[] {
  return calls.flatMap(rowsOf).flatMap((row) => (row.kind === 'run' ? [row.run] : []));
}

function isForwarder({ kind }: Run): boolean {
  return kind === 'forwarder';
}

/** Returns when a listener was done with an event, or `undefined` if it isn't done. */
function endOf({ attempts, gaveUp }: Run): number | undefined {
  const last = attempts.at(-1);
  if (last?.to === undefined) return gaveUp?.at ?? last?.lost;
  return last.end?.ok === false && last.delay !== undefined && gaveUp === undefined ? undefined : last.to;
}

/** Finds the listener that runs or ended last. Later links of a chain count only if they run and its beginning does not. */
function lastOf(runs: readonly Run[]): Run | undefined {
  const direct = runs.filter(({ event }) => isCall(event.by));
  const first = direct.length === 0 ? runs : direct;
  const running = runs.filter((run) => endOf(run) === undefined);
  const candidates = running.length > 0 && !running.some((it) => first.includes(it)) ? running : first;
  return [...candidates].sort((a, b) => (endOf(a) ?? Infinity) - (endOf(b) ?? Infinity)).at(-1);
}

function inOrder(events: readonly Happening[]): readonly Happening[] {
  return [...events].sort((a, b) => a.at - b.at);
}

function countOf(events: number): string {
  return events === 1 ? 'one event was' : `${events} events were`;
}
