import { Flush } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { NO_CTX } from '../model/item.ts';
import { WorkGroup } from '../model/work-group.ts';
import { reportProblem } from '../report/report.ts';
import { requireContext } from '../scope/dispatch.ts';
import { makeEvent } from '../scope/make-event.ts';
import { readInput } from '../scope/read-input.ts';
import { assertAcceptsEvents, nearestOpen } from '../scope/scope.ts';
import { currentFrame, scopeOfBus } from '../scope/storage.ts';
import type { Delivery } from '../types/bus.ts';
import { anything, aString, type Rules } from '../words/options.ts';

const PUBLISH_OPTIONS: Rules = { key: aString, meta: anything };

/** `bus.publish`: flushes one event at once, in no scope. Resolves when its listeners are done. */
export async function publish(
  bus: BusState,
  named: unknown,
  payload: unknown,
  options: unknown,
): Promise<Delivery> {
  const input = readInput(bus.app, 'bus.publish', named, payload, options, PUBLISH_OPTIONS);
  assertAcceptsEvents(bus, nearestOpen(scopeOfBus(bus)), 'bus.publish');
  requireContext(bus, input.name);
  const cause = currentFrame()?.scope.attempt;
  const { event, problem } = makeEvent(bus, input, bus.settings.when, undefined, NO_CTX, cause);
  if (problem?.code === 'META_FAILED') throw problem;
  if (problem !== undefined) {
    reportProblem(bus, problem, event, cause);
    return { event, failures: [{ event, listener: undefined, error: problem }] };
  }
  // An event that a listener publishes belongs to the listener's group, though the listener may not wait for it.
  const group = cause?.group ?? new WorkGroup(undefined);
  const flush = new Flush(bus, [{ event, ctx: NO_CTX, failure: undefined, cause }], { group });
  flush.beginWithin();
  // If the process may be frozen, nothing else waits for the chained events. In a listener, the listener's call does.
  const nobodyElseWaits = cause === undefined && bus.defer.freezes === true;
  await (nobodyElseWaits ? group.done() : flush.done());
  return { event, failures: flush.failures };
}
