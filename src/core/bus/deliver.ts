import { Flush } from '../flush/flush.ts';
import type { BusState } from '../model/bus-state.ts';
import { slotHolder, NO_CTX } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { WorkGroup } from '../model/work-group.ts';
import { requireContext } from '../scope/dispatch.ts';
import { currentFrame, restoring } from '../scope/storage.ts';
import type { DeliverOptions, Delivery } from '../types/bus.ts';
import type { Envelope } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { aCount, aString, checkOptions, type Rules } from '../words/options.ts';
import { didYouMean, quote } from '../words/suggest.ts';
import { refuseNewRoots } from './publish.ts';
import { readEnvelope } from './read-envelope.ts';

const DELIVER_OPTIONS: Rules = {
  // No other will do: where listeners have a timeout, it is given to AbortSignal.any.
  signal: { ok: (v) => v instanceof AbortSignal, words: 'an AbortSignal' },
  attempt: aCount,
  listener: aString,
};

/** `bus.deliver`: an event that came from a queue. Resolves when all that it causes is done. */
export async function deliver(
  bus: BusState,
  envelope: Envelope,
  options: DeliverOptions = {},
): Promise<Delivery> {
  checkOptions('bus.deliver', options, DELIVER_OPTIONS);
  refuseNewRoots(bus, 'bus.deliver');
  const event = readEnvelope(bus, envelope);
  requireContext(bus, event.name);
  const { signal, listener: only, attempt = 1 } = options;
  // A forwarder gets nothing that came from a queue, but for what it could not send before.
  const isSend = (target: Target) => target.remote && target.name === only;
  const fromQueue = !bus.registry.lookUp(event.name, false).targets.some(isSend);
  const { targets } = bus.registry.lookUp(event.name, fromQueue);
  const names = targets.map(({ name }) => name);
  if (only !== undefined && !names.includes(only)) {
    throw new EventsError(
      'BAD_OPTION',
      `bus.deliver: no listener ${quote(only)} takes ${quote(event.name)} from a queue. ${didYouMean(only, names)}`,
    );
  }
  const group = new WorkGroup(undefined, slotHolder(currentFrame()?.scope.attempt));
  const flush = new Flush(bus, [{ event, ctx: NO_CTX, cause: undefined }], {
    fromQueue,
    signal,
    onlyTarget: only,
    group,
  });
  const run = async () => {
    restoring(() => flush.begin());
    await group.done();
    return { ok: true } as const;
  };
  await (bus.observed === undefined ? run() : bus.observed.wrapDelivery(event, attempt, run));
  return { event, failures: flush.failures };
}
