import { Flush } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { NO_CTX } from '../model/item.ts';
import { reportProblem } from '../report/report.ts';
import { readInput, requireContext } from '../scope/dispatch.ts';
import { makeEvent } from '../scope/make-event.ts';
import { acceptsEvents, nearestOpen } from '../scope/scope.ts';
import { currentFrame, restoring, scopeOfBus } from '../scope/storage.ts';
import type { Delivery } from '../types/bus.ts';
import { EventsError } from '../words/errors.ts';
import { anything, aString, type Rules } from '../words/options.ts';

const PUBLISH_OPTIONS: Rules = { key: aString, meta: anything };

/** `bus.publish`: one event, in no scope, at once. Resolves when its listeners are done. */
export async function publish(
  bus: BusState,
  named: unknown,
  payload: unknown,
  options: unknown,
): Promise<Delivery> {
  const input = readInput(bus.app, 'bus.publish', named, payload, options, PUBLISH_OPTIONS);
  refuseNewRoots(bus, 'bus.publish');
  requireContext(bus, input.name);
  const cause = currentFrame()?.scope.attempt;
  const { event, problem } = makeEvent(bus, input, bus.settings.when, undefined, NO_CTX, cause);
  if (problem?.code === 'META_FAILED') throw problem;
  if (problem !== undefined) {
    reportProblem(bus, problem, event, cause);
    return { event, failures: [{ listener: undefined, error: problem }] };
  }
  // What a listener publishes is part of its chain, though the listener may not wait for it.
  const flush = new Flush(bus, [{ event, ctx: NO_CTX, cause }], { group: cause?.group });
  restoring(() => flush.begin());
  // Where the process may be frozen, nothing else would wait for what it chains; of a listener, its own call does.
  const isLast = cause === undefined && bus.defer.freezes === true;
  await (isLast ? flush.group.done() : flush.done());
  return { event, failures: flush.failures };
}

/**
 * What is under way may still publish while the bus closes; nothing new may.
 *
 * @throws EventsError `CLOSED`
 */
export function refuseNewRoots(bus: BusState, what: string): void {
  if (!bus.closing) return;
  if (acceptsEvents(bus, nearestOpen(scopeOfBus(bus)))) return;
  throw new EventsError(
    'CLOSED',
    `${what} was called after the bus was closed. Stop what calls it before you close the bus.`,
  );
}
