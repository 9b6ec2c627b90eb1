import type { Attempt, Call } from './build.ts';
import { attemptsOf, eventsOf } from './rows.ts';
import { outcomeOfAttempt, whyDropped } from './words.ts';

/** What the second figure of a story says: what happened after the answer, in a number and a few words. */
export interface Summary {
  readonly outcome: 'handled' | 'running' | 'failed' | 'dropped' | 'waiting';
  /** In ms from the response. Undefined where a time would say nothing. */
  readonly later?: number | undefined;
  readonly figure?: string | undefined;
  readonly words: string;
}

/** `rows`: how many a stream will yield, once that is known. */
export function summarize(calls: readonly Call[], now: number, isStream: boolean, rows = 0): Summary {
  const attempts = attemptsOf(calls);
  const dropped = eventsOf(calls).find((event) => event.dropped !== undefined);
  if (attempts.length === 0 && dropped !== undefined)
    return { outcome: 'dropped', figure: 'dropped', words: `${dropped.name}: ${whyDropped(dropped)}` };
  const last = lastOf(attempts);
  if (last === undefined) return { outcome: 'waiting', figure: '…', words: 'events wait for the response' };
  const outcome = outcomeOfAttempt(last);
  const became = { running: 'is running', failed: 'failed', handled: 'was done' }[outcome];
  const also = dropped === undefined ? '' : `; ${dropped.name} of a failed call was dropped`;
  const words = `${last.listener} ${became}${also}`;
  if (isStream) {
    const done = attempts.filter(({ ok }) => ok !== undefined).length;
    return {
      outcome,
      figure: `${done} of ${Math.max(rows, attempts.length)}`,
      words: `${words}, for each row`,
    };
  }
  const sent = sentOf(calls);
  if (sent === undefined) return { outcome, figure: '…', words };
  if (last.to !== undefined && last.to < sent)
    return { outcome, figure: 'waited', words: `the caller waited for ${last.listener}` };
  return { outcome, words, later: Math.max(0, (last.to ?? now) - sent) };
}

export function sentOf(calls: readonly Call[]): number | undefined {
  const times = calls.flatMap(({ answered }) => answered ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The one that runs, or ended last: of a chain, its beginning, unless that has ended and the rest has not. */
function lastOf(attempts: readonly Attempt[]): Attempt | undefined {
  const first = attempts.filter(({ event }) => event.by === undefined || 'path' in event.by);
  const running = attempts.filter(({ to }) => to === undefined);
  const candidates = running.length > 0 && !running.some((it) => first.includes(it)) ? running : first;
  return candidates.toSorted((a, b) => (a.to ?? Infinity) - (b.to ?? Infinity)).at(-1);
}
