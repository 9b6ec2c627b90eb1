import type { BusState } from './bus-state.ts';

const MOST_SHOWN = 10;

/** Describes the work of a bus for messages: the attempts that run or wait, and whatever `more` names. */
export function describeWork(bus: BusState, more: Iterable<string> = []): string {
  const running = [...more];
  // There may be thousands of lanes, and describing them all would take long. A wrapper waits for what it wraps, so it
  // comes last.
  const all = [bus.inFlight.items, bus.tasks.items];
  const [work, tasks] = all.map((items) => items.slice(0, MOST_SHOWN).map((item) => item.describe()));
  running.push(...work!);
  for (const { items } of bus.awaitingContext) {
    const { name, id } = items[0]!.event;
    running.push(`createContext for ${name} ${id}`);
  }
  running.push(...tasks!);
  const notDescribed = all.map(({ length }) => Math.max(length - MOST_SHOWN, 0));
  const hidden = notDescribed[0]! + notDescribed[1]! + Math.max(running.length - MOST_SHOWN, 0);
  const shown = running.slice(0, MOST_SHOWN).join('; ');
  return hidden > 0 ? `${shown}; and ${hidden} more` : shown;
}
