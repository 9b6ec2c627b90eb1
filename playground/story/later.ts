import type { Call, Row } from 'trpc-events/inspector/story';

/** Returns when the last response of these calls was sent. */
export function sentOf(calls: readonly Call[]): number | undefined {
  const times = calls.flatMap(({ answered }) => answered ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Returns how long after the response a listener was done, in ms. In a stream, it counts from the event's dispatch. */
export function laterOf(row: Row, sent: number | undefined, isStream: boolean): number | undefined {
  if (row.kind !== 'run') return undefined;
  const to = row.run.attempts.at(-1)?.to;
  const zero = isStream ? row.run.event.at : sent;
  return to === undefined || zero === undefined ? undefined : to - zero;
}
