import { Flush } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { NO_CTX, slotHolder } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { WorkGroup } from '../model/work-group.ts';
import { requireContext } from '../scope/dispatch.ts';
import { assertAcceptsEvents, nearestOpen } from '../scope/scope.ts';
import { currentFrame, scopeOfBus } from '../scope/storage.ts';
import type { DeliverOptions, Delivery } from '../types/bus.ts';
import type { Envelope } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { aCount, aSignal, aString, readOptions, type Rules } from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { didYouMean } from '../words/suggest.ts';
import { readEnvelope } from './read-envelope.ts';

const DELIVER_OPTIONS: Rules = {
  signal: aSignal,
  attempt: aCount,
  listener: aString,
};

/** `bus.deliver`: flushes an event that came from a queue. Resolves when everything that it causes is done. */
export async function deliver(
  bus: BusState,
  envelope: Envelope,
  options?: DeliverOptions,
): Promise<Delivery> {
  const { signal, listener: onlyTarget, attempt = 1 } = readOptions('bus.deliver', options, DELIVER_OPTIONS);
  assertAcceptsEvents(bus, nearestOpen(scopeOfBus(bus)), 'bus.deliver');
  const event = readEnvelope(bus, envelope);
  requireContext(bus, event.name);
  // A forwarder gets no event that came from a queue, unless the delivery repeats a send that failed.
  const isSend = (target: Target) => target.remote && target.name === onlyTarget;
  const fromQueue = !bus.registry.lookUp(event.name, false).targets.some(isSend);
  const { targets } = bus.registry.lookUp(event.name, fromQueue);
  const names = targets.map(({ name }) => name);
  if (onlyTarget !== undefined && !names.includes(onlyTarget)) {
    throw new EventsError(
      'BAD_OPTION',
      `bus.deliver: no listener ${quote(onlyTarget)} takes ${quote(event.name)} from a queue. ${didYouMean(onlyTarget, names)}`,
    );
  }
  const item = { event, ctx: NO_CTX, failure: undefined, cause: undefined };
  const group = new WorkGroup(undefined, slotHolder(currentFrame()?.scope.attempt));
  const flush = new Flush(bus, [item], { fromQueue, signal, onlyTarget, group });
  const run = async () => {
    flush.beginWithin();
    await group.done();
    return { ok: true } as const;
  };
  await (bus.observed === undefined ? run() : bus.observed.wrapDelivery(event, attempt, run));
  return { event, failures: flush.failures };
}
