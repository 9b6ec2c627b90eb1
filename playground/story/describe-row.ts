import type { Row } from './rows.ts';
import { outcomeOfAttempt, outcomeOfCall, outcomeOfEvent, whyDropped, type Outcome } from './words.ts';

/** What a line of the timeline shows. */
export interface Described {
  readonly name: string;
  readonly outcome: Outcome;
  readonly word: string;
  readonly from: number;
  readonly to?: number | undefined;
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
};

export function describeRow(row: Row): Described {
  if (row.kind === 'call') {
    const { path, batchIndex, from, to } = row.call;
    const outcome = outcomeOfCall(row.call);
    const name = row.of > 1 ? `${path} ${batchIndex + 1}/${row.of}` : path;
    return { name, outcome, word: CALL_WORDS[outcome]!, from, to };
  }
  if (row.kind === 'attempt') {
    const { listener, from, to, error } = row.attempt;
    const outcome = outcomeOfAttempt(row.attempt);
    const described = { name: listener, outcome, word: outcome, from, to };
    return error ? { ...described, note: error } : described;
  }
  const { name, at, dropped } = row.event;
  const outcome = outcomeOfEvent(row.event);
  const described = { name, outcome, word: EVENT_WORDS[outcome], from: dropped?.at ?? at };
  return dropped === undefined ? described : { ...described, note: whyDropped(row.event) };
}
