import { takenAt, type Attempt, type Happening } from './build.ts';
import { duration } from './format.ts';
import type { Row } from './rows.ts';
import { outcomeOfAttempt, outcomeOfCall, outcomeOfEvent, whyDropped, type Outcome } from './words.ts';

/** What a line of the timeline shows. */
export interface Described {
  readonly name: string;
  readonly outcome: Outcome;
  readonly word: string;
  readonly from: number;
  readonly to?: number | undefined;
  /** From when on it was in a queue, and until when. */
  readonly queued?: { readonly from: number; readonly to: number | undefined } | undefined;
  /** A sentence below the name. */
  readonly note?: string;
}

const CALL_WORDS: Record<string, string> = { handled: 'succeeded', failed: 'failed', running: 'running' };
const EVENT_WORDS: Record<Outcome, string> = {
  handled: 'handled',
  running: 'released',
  waiting: 'waits',
  failed: 'failed',
  dropped: 'dropped',
  none: 'nobody takes it',
  sent: 'sent',
};

export function describeRow(row: Row): Described {
  if (row.kind === 'call') {
    const { path, batchIndex, from, to } = row.call;
    const outcome = outcomeOfCall(row.call);
    const name = row.of > 1 ? `${path} ${batchIndex + 1}/${row.of}` : path;
    return { name, outcome, word: CALL_WORDS[outcome]!, from, to };
  }
  if (row.kind === 'attempt')
    return row.attempt.isForwarder ? describeSend(row.attempt) : describeAttempt(row.attempt);
  return describeEvent(row.event);
}

function describeAttempt(attempt: Attempt): Described {
  const { listener, from, to, error, worker } = attempt;
  const outcome = outcomeOfAttempt(attempt);
  const described = { name: listener, outcome, word: outcome, from, to };
  if (error) return { ...described, note: error };
  return worker === undefined ? described : { ...described, note: `by worker ${worker}` };
}

const SEND_WORDS: Record<string, string> = {
  running: 'sending',
  failed: 'failed',
  waiting: 'waits',
  sent: 'sent',
};

function describeSend(attempt: Attempt): Described {
  const { listener, from, to, error } = attempt;
  const outcome = outcomeOfAttempt(attempt);
  const described = { name: listener, outcome, word: SEND_WORDS[outcome]!, from, to };
  if (to === undefined) return { ...described, note: 'on its way to the queue' };
  if (outcome === 'failed') return { ...described, note: error ?? '' };
  const taken = takenAt(attempt);
  const note = taken === undefined ? 'in the queue' : `${inQueue(to, taken)} in the queue`;
  return { ...described, queued: { from: to, to: taken }, note };
}

function describeEvent(event: Happening): Described {
  const { name, at, dropped, arrived } = event;
  const outcome = outcomeOfEvent(event);
  const described = { name, outcome, word: EVENT_WORDS[outcome], from: dropped?.at ?? at };
  if (dropped !== undefined) return { ...described, note: whyDropped(event) };
  if (arrived === undefined) return described;
  const note = `from ${arrived.queue} after ${inQueue(at, arrived.at)}`;
  return { ...described, queued: { from: at, to: arrived.at }, note };
}

function inQueue(from: number, to: number): string {
  return duration(Math.max(0, to - from));
}
