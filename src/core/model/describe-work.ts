import type { BusState } from './bus-state.ts';

const MOST_SHOWN = 10;

/** Says what a bus still does, for messages: the attempts that run or wait, and what else is given. */
export function describeWork(bus: BusState, more: Iterable<string> = []): string {
  // There may be thousands of lanes, and describing them all would take long.
  const running = bus.inFlight.items.slice(0, MOST_SHOWN).map((work) => work.describe());
  for (const { items } of bus.awaitingContext) {
    const { name, id } = items[0]!.event;
    running.push(`createContext for ${name} ${id}`);
  }
  running.push(...more);
  const hidden =
    Math.max(bus.inFlight.items.length - MOST_SHOWN, 0) + Math.max(running.length - MOST_SHOWN, 0);
  const shown = running.slice(0, MOST_SHOWN).join('; ');
  return hidden > 0 ? `${shown}; and ${hidden} more` : shown;
}
