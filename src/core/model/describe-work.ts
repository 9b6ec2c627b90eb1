import type { BusState } from './bus-state.ts';

const MOST_SHOWN = 10;

/** Says what a bus still does, for messages: the attempts that run or wait, and what else is given. */
export function describeWork(bus: BusState, more: Iterable<string> = []): string {
  const running = bus.inFlight.items.map((work) => work.describe());
  for (const { items } of bus.awaitingContext) {
    const { name, id } = items[0]!.event;
    running.push(`createContext for ${name} ${id}`);
  }
  running.push(...more);
  const shown = running.slice(0, MOST_SHOWN).join('; ');
  return running.length > MOST_SHOWN ? `${shown}; and ${running.length - MOST_SHOWN} more` : shown;
}
