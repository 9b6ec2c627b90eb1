import type { BusState, InFlight } from '../model/bus-state.ts';
import { reportHook } from '../report/report.ts';
import type { DeadLetter } from '../types/delivery.ts';
import { isThenable } from '../words/guards.ts';

/** Gives a letter to observers and to the bus's `deadLetter`. Returns a promise, which never rejects, if that takes time. */
export function deadLetter(bus: BusState, letter: DeadLetter): Promise<void> | undefined {
  bus.observed?.deadLettered(letter);
  try {
    const returned: unknown = bus.settings.deadLetter?.(letter);
    return isThenable(returned) ? wait(bus, letter, returned) : undefined;
  } catch (thrown) {
    reportHook(bus, 'deadLetter', thrown, letter.event);
    return undefined;
  }
}

async function wait(
  bus: BusState,
  { event, listener }: DeadLetter,
  returned: PromiseLike<unknown>,
): Promise<void> {
  const work: InFlight = {
    index: -1,
    describe: () => `deadLetter for ${listener} on ${event.name} ${event.id}`,
  };
  bus.inFlight.add(work);
  try {
    await returned;
  } catch (thrown) {
    reportHook(bus, 'deadLetter', thrown, event);
  }
  bus.inFlight.delete(work);
}
