import { Flush } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { addToDelivery, type Cause, NO_CTX } from '../model/item.ts';
import { WorkGroup } from '../model/work-group.ts';
import { reportProblem } from '../report/report.ts';
import { requireContext } from '../scope/dispatch.ts';
import { draftEvent, finishEvent, makeEvent } from '../scope/make-event.ts';
import { readInput } from '../scope/read-input.ts';
import { assertAcceptsEvents, nearestOpen } from '../scope/scope.ts';
import { currentFrame, scopeOfBus } from '../scope/storage.ts';
import type { Delivery } from '../types/delivery.ts';
import type { AnyEvent } from '../types/event.ts';
import { isThenable } from '../words/guards.ts';
import { anything, aString, type Rules } from '../words/options.ts';
import { makeContextAndMeta, takesMetaFromContext } from './meta-from-context.ts';

const PUBLISH_OPTIONS: Rules = { key: aString, meta: anything };

/** `bus.publish`: flushes one event at once, in no scope. Resolves when its listeners are done. */
export async function publish(
  bus: BusState,
  named: unknown,
  payload: unknown,
  options: unknown,
): Promise<Delivery> {
  const input = readInput(bus, 'bus.publish', named, payload, options, PUBLISH_OPTIONS);
  assertAcceptsEvents(bus, nearestOpen(scopeOfBus(bus)), 'bus.publish');
  requireContext(bus, input.name);
  const cause = currentFrame()?.scope.attempt;
  // An event that a listener publishes belongs to the listener's group, even if the listener doesn't wait for it.
  const group = cause?.group ?? new WorkGroup(undefined);
  const { when } = bus.settings;
  if (!takesMetaFromContext(bus, input, cause)) {
    return flushEvent(bus, makeEvent(bus, input, when, undefined, NO_CTX, cause), NO_CTX, cause, group);
  }
  const draft = draftEvent(input, undefined, cause);
  const made = makeContextAndMeta(bus, draft);
  const flush = ({ ctx, meta }: Awaited<typeof made>) =>
    flushEvent(bus, finishEvent(bus, draft, meta, when, undefined, cause), ctx, cause, group);
  if (!isThenable(made)) return flush(made);
  const release = holdOpen(bus, group, draft);
  let delivery: Promise<Delivery>;
  try {
    delivery = flush(await made);
  } finally {
    release();
  }
  return delivery;
}

/** Makes `drain` and everything that waits for the group also wait while the ctx of an event is made. */
function holdOpen(bus: BusState, group: WorkGroup, event: AnyEvent): () => void {
  const waiting = { items: [{ event }] };
  bus.openFlushes++;
  bus.awaitingContext.add(waiting);
  group.enter();
  return () => {
    bus.awaitingContext.delete(waiting);
    bus.openFlushes--;
    group.leave();
    bus.notifyIdleWaiters();
  };
}

/** Begins the flush before it returns. The promise resolves when the listeners are done. */
async function flushEvent(
  bus: BusState,
  { event, problem }: ReturnType<typeof makeEvent>,
  ctx: unknown,
  cause: Cause | undefined,
  group: WorkGroup,
): Promise<Delivery> {
  if (problem?.code === 'META_FAILED') throw problem;
  if (problem !== undefined) {
    addToDelivery(cause, event, problem);
    reportProblem(bus, problem, event, cause);
    return { event, failures: [{ event, listener: undefined, via: undefined, error: problem }] };
  }
  const flush = new Flush(bus, [{ event, ctx, failure: undefined, cause }], { group, origin: 'publish' });
  flush.beginWithin();
  // If the process may be frozen, nothing else waits for the chained events. For a listener that publishes, its call does.
  const nobodyElseWaits = cause === undefined && bus.defer.freezes === true;
  await (nobodyElseWaits ? group.done() : flush.done());
  // For the caller, each failure goes back to a listener of the published event, even if a listener published it.
  const failures = flush.failures.map(({ event, listener, error }) => ({
    event,
    listener,
    error,
    via: listener,
  }));
  return { event, failures };
}
