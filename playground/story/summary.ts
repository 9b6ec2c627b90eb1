import type { Attempt, Call } from './build.ts';
import { attemptsOf, eventsOf } from './rows.ts';
import { whyDropped } from './words.ts';

/** What the second figure of a story says: what happened after the answer, in a number and a few words. */
export interface Summary {
  readonly outcome: 'handled' | 'running' | 'failed' | 'dropped' | 'waiting';
  /** In ms from the response. Undefined where a time would say nothing. */
  readonly later?: number | undefined;
  readonly figure?: string | undefined;
  readonly words: string;
}

export function summarize(calls: readonly Call[], now: number, isStream: boolean): Summary {
  const attempts = attemptsOf(calls);
  const first = eventsOf(calls).find((event) => event.dropped !== undefined);
  if (attempts.length === 0 && first !== undefined)
    return { outcome: 'dropped', figure: 'dropped', words: `${first.name}: ${whyDropped(first)}` };
  const last = lastOf(attempts);
  if (last === undefined) return { outcome: 'waiting', figure: '…', words: 'events wait for the response' };
  const also = first === undefined ? '' : `; ${first.name} of a failed call was dropped`;
  const sent = sentOf(calls);
  if (last.to !== undefined && last.ok === false)
    return { outcome: 'failed', words: `${last.listener} failed${also}`, later: last.to - (sent ?? last.to) };
  const isRunning = last.to === undefined;
  const end = last.to ?? now;
  if (isStream) {
    const words = isRunning
      ? `${last.listener} is running, for a row`
      : `${last.listener} was done, for each row`;
    return {
      outcome: isRunning ? 'running' : 'handled',
      figure: `${count(attempts)} of ${attempts.length}`,
      words,
    };
  }
  if (sent === undefined || end < sent) {
    const words = isRunning ? `${last.listener} is running` : `the caller waited for ${last.listener}`;
    return { outcome: isRunning ? 'running' : 'handled', figure: 'waited', words };
  }
  const words = isRunning ? `${last.listener} is running` : `${last.listener} was done${also}`;
  return { outcome: isRunning ? 'running' : 'handled', later: end - sent, words };
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

function count(attempts: readonly Attempt[]): number {
  return attempts.filter(({ ok }) => ok !== undefined).length;
}
