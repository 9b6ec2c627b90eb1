import type { TracedEvent } from './recorder.ts';

/**
 * Returns a line for each event, indented under its cause: `user.registered → audit, mailWelcome`, with a ✗ at a
 * listener that failed, or `order.placed dropped: failed`.
 */
export function summary(events: readonly TracedEvent[], indent = ''): string[] {
  return events.flatMap(({ event, dropped, runs }) => {
    if (dropped !== undefined) return [`${indent}${event.name} dropped: ${dropped}`];
    const listeners = runs.map(({ listener, error }) => (error === undefined ? listener : `✗ ${listener}`));
    const below = runs.flatMap((run) => summary(run.events, `${indent}  `));
    return [`${indent}${event.name} → ${listeners.join(', ') || 'nobody'}`, ...below];
  });
}

/** Returns these events, each followed by those that it caused. */
export function flat(events: readonly TracedEvent[]): TracedEvent[] {
  return events.flatMap((traced) => [traced, ...traced.runs.flatMap((run) => flat(run.events))]);
}
