import { isEnabled } from '../flush/enabled.ts';
import { Flush, outcomeOf } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { NO_CTX, slotHolder } from '../model/item.ts';
import { needContext, type Target } from '../model/target.ts';
import { WorkGroup } from '../model/work-group.ts';
import { requireContext } from '../scope/dispatch.ts';
import { readEnvelope } from '../scope/read-envelope.ts';
import { assertAcceptsEvents, nearestOpen } from '../scope/scope.ts';
import { currentFrame, scopeOfBus } from '../scope/storage.ts';
import { schemaOf } from '../scope/versions.ts';
import type {
  DeliverOptions,
  Delivery,
  DeliveryFailure,
  MessageOrigin,
  ReachedListener,
} from '../types/delivery.ts';
import type { AnyEvent, Envelope } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import {
  aCount,
  anObject,
  aSignal,
  aString,
  badArgument,
  milliseconds,
  readOptions,
  type Rules,
} from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { didYouMean } from '../words/suggest.ts';

const DELIVER_OPTIONS: Rules = {
  signal: aSignal,
  attempt: aCount,
  listener: {
    ok: (v) => aString.ok(v) || (Array.isArray(v) && v.length > 0 && v.every(aString.ok)),
    words: 'the name of a listener, or a list of one or more names',
  },
  from: anObject,
  budget: milliseconds,
};
const FROM: Rules = { system: aString, destination: aString, messageId: aString };

/** `bus.deliver`: flushes an event that came from a queue. Resolves when everything that it causes is done. */
export async function deliver(
  bus: BusState,
  envelope: Envelope,
  options?: DeliverOptions,
): Promise<Delivery> {
  const {
    signal,
    listener,
    attempt = 1,
    from: givenFrom,
    budget,
  } = readOptions('bus.deliver', options, DELIVER_OPTIONS);
  const from = readFrom(givenFrom);
  const { event, only } = accept(bus, envelope, listener, from);
  const item = { event, ctx: NO_CTX, failure: undefined, cause: undefined };
  const group = new WorkGroup(undefined, slotHolder(currentFrame()?.scope.attempt));
  if (budget !== undefined) group.deadline = performance.now() + budget;
  const failures: DeliveryFailure[] = [];
  group.failures = failures;
  group.signal = signal;
  const flush = new Flush(bus, [item], { fromQueue: true, only, group, origin: 'queue' });
  const run = async () => {
    flush.beginWithin();
    await group.done();
    return outcomeOf(failures);
  };
  const { observed } = bus;
  await (observed === undefined ? run() : observed.wrapDelivery({ event, attempt, from, listener }, run));
  return { event, failures };
}

/** `bus.listeners`: returns the listeners and handlers that a delivery of an event would reach. */
export function reachedBy(bus: BusState, name: string): readonly ReachedListener[] {
  schemaOf(bus, name);
  return bus.registry
    .lookUp(name, true)
    .targets.map((target) => ({ name: target.name, isNamed: target.isNamed }));
}

function readFrom(given: MessageOrigin | undefined): MessageOrigin | undefined {
  if (given === undefined) return undefined;
  const { system, destination, messageId } = readOptions('bus.deliver, from', given, FROM);
  if (system === undefined || destination === undefined) {
    throw badArgument('bus.deliver', 'from with a system and a destination', given);
  }
  return Object.freeze({ system, destination, messageId });
}

/** Checks a message. Tells observers if it is refused. */
function accept(
  bus: BusState,
  envelope: Envelope,
  listener: DeliverOptions['listener'],
  from: MessageOrigin | undefined,
): { readonly event: AnyEvent; readonly only: readonly Target[] | undefined } {
  try {
    assertAcceptsEvents(bus, nearestOpen(scopeOfBus(bus)), 'bus.deliver');
    assertEnabled(bus);
    const event = readEnvelope(bus, envelope);
    const only = listener === undefined ? undefined : targetsNamed(bus, event.name, [listener].flat());
    const needsContext = needContext(only ?? bus.registry.lookUp(event.name, true).targets);
    requireContext(bus, event.name, { needsContext });
    return { event, only };
  } catch (error) {
    bus.observed?.refused(error as EventsError, {
      from,
      id: textOf(envelope, 'id'),
      name: textOf(envelope, 'name'),
    });
    throw error;
  }
}

/** Reads a field of an envelope that was refused, and may be anything. */
function textOf(envelope: unknown, field: 'id' | 'name'): string | undefined {
  try {
    const value: unknown = (envelope as Partial<Envelope>)[field];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @throws EventsError `DISABLED` */
function assertEnabled(bus: BusState): void {
  if (isEnabled(bus)) return;
  throw new EventsError(
    'DISABLED',
    'bus.deliver: the bus is disabled (bus.enabled, or TRPC_EVENTS_DISABLED), so it takes no message. Leave it in the queue.',
  );
}

/**
 * Returns the targets of a delivery that is repeated only for some names. A forwarder gets a delivery only by its name:
 * the delivery then repeats a send that failed.
 *
 * @throws EventsError `BAD_OPTION`
 */
function targetsNamed(bus: BusState, event: string, names: readonly string[]): readonly Target[] {
  const { targets: local } = bus.registry.lookUp(event, true);
  const { targets: sent } = bus.registry.lookUp(event, false);
  const isReached = (target: Target) => (target.remote ? sent : local).includes(target);
  const all = bus.registry.targets().filter(isReached);
  const unknown = names.find((name) => !all.some((target) => target.name === name));
  if (unknown === undefined) return all.filter(({ name }) => names.includes(name));
  const known = all.map(({ name }) => name);
  throw new EventsError(
    'BAD_OPTION',
    `bus.deliver: no listener ${quote(unknown)} takes ${quote(event)} from a queue. ${didYouMean(unknown, known)}`,
  );
}
