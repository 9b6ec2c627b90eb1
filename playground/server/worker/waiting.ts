import type { AnyEvent, EventObserver, Outcome } from 'trpc-events';

/** Counts the events that were sent to the worker and have no reply yet. */
export function waitingObserver(changed: (waiting: number) => void): EventObserver {
  const waiting = new Set<string>();
  return {
    name: 'waiting',
    async wrapSend({ events }, run) {
      for (const { id } of events) waiting.add(id); // before the broker answers: the worker may be faster
      changed(waiting.size);
      for (const id of unsent(events, await run())) waiting.delete(id);
      changed(waiting.size);
    },
    wrapDelivery({ event }, run) {
      if (event.causationId !== undefined && waiting.delete(event.causationId)) changed(waiting.size);
      void run();
    },
  };
}

function unsent(events: readonly AnyEvent[], outcome: Outcome): readonly string[] {
  if (outcome.ok) return [];
  return (outcome.failures ?? events).map(({ id }) => id);
}
