import type { Attempt, Call, Happening } from './build.ts';
import { onTheWay } from './on-the-way.ts';
import { attemptsOf, eventsOf } from './rows.ts';
import { outcomeOfAttempt, outcomeOfEvent, whyDropped, type Outcome } from './words.ts';

/** What the second figure of a story says: what happened after the answer, in a number and a few words. */
export interface Summary {
  readonly outcome: Outcome;
  /** In ms from the response. */
  readonly later?: number | undefined;
  /** Where a time would say nothing. Neither is there as long as nothing is known. */
  readonly figure?: string;
  readonly words: string;
}

interface Circumstances {
  readonly now: number;
  readonly isStream: boolean;
  /** How many rows a stream will yield, once that is known. */
  readonly rows: number | undefined;
  /** Why nobody takes what is in a queue; empty if somebody does. */
  readonly whyQueued: string;
}

const BECAME: Partial<Record<Outcome, string>> = {
  running: 'is running',
  failed: 'failed',
  handled: 'was done',
};

export function summarize(
  calls: readonly Call[],
  { now, isStream, rows = 0, whyQueued }: Circumstances,
): Summary {
  const attempts = attemptsOf(calls).filter(({ isForwarder }) => !isForwarder);
  const [dropped, ...others] = eventsOf(calls).filter((event) => event.dropped !== undefined);
  const sent = sentOf(calls);
  const queue = onTheWay(calls, whyQueued);
  if (queue !== undefined) {
    const later = sent === undefined || queue.outcome === 'failed' ? undefined : Math.max(0, now - sent);
    return { ...queue, later };
  }
  if (attempts.length === 0 && dropped !== undefined)
    return { outcome: 'dropped', figure: 'dropped', words: `${dropped.name}: ${whyDropped(dropped)}` };
  const last = lastOf(attempts);
  if (last === undefined) {
    const words = eventsOf(calls).length === 0 ? 'no event yet' : 'events wait for the response';
    return { outcome: 'waiting', words };
  }
  const outcome = outcomeOfAttempt(last);
  const also = dropped === undefined ? '' : `; ${countOf(others.length + 1)} dropped`;
  const became = BECAME[outcome];
  const words = `${last.listener} ${became}${also}`;
  if (isStream) {
    const done = attempts.filter(({ ok }) => ok !== undefined).length;
    return {
      outcome,
      figure: `${done} of ${Math.max(rows, attempts.length)}`,
      words: `${words}, for each row`,
    };
  }
  if (sent === undefined) return { outcome, words };
  if (last.to !== undefined && last.to < sent)
    return { outcome, figure: 'waited', words: `the caller waited for ${last.listener}` };
  return { outcome, words, later: Math.max(0, (last.to ?? now) - sent) };
}

/** Whether nothing more is to come. */
export function isOver(calls: readonly Call[]): boolean {
  const isPending = (event: Happening) => ['waiting', 'running'].includes(outcomeOfEvent(event));
  return calls.length > 0 && calls.every(({ answered }) => answered) && !eventsOf(calls).some(isPending);
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

function countOf(events: number): string {
  return events === 1 ? 'one event was' : `${events} events were`;
}
