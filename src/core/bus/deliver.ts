import { schemaOf } from '../catalog/catalog.ts';
import type { BusState } from './bus-state.ts';
import { requireContext } from '../scope/dispatch.ts';
import { EventsError } from '../errors.ts';
import { Flush } from '../flush/flush.ts';
import { checkMeta } from '../scope/meta.ts';
import { aCount, aSignal, aString, checkOptions, isObject, type Rules } from '../options.ts';
import { refuseNewRoots } from './publish.ts';
import { causeOf } from '../report.ts';
import { validate } from '../catalog/schema.ts';
import { NO_CTX, type Entry } from '../scope/scope.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import { restoring } from '../scope/storage.ts';
import { didYouMean, quote } from '../suggest.ts';
import type { DeliverOptions, Delivery } from '../types/bus.ts';
import type { AnyEvent, Envelope } from '../types/event.ts';

const DELIVER_OPTIONS: Rules = { signal: aSignal, attempt: aCount, listener: aString };

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
  const names = bus.registry.names();
  if (only !== undefined && !names.has(only)) {
    throw new EventsError(
      'BAD_OPTION',
      `bus.deliver: there is no listener ${quote(only)}. ${didYouMean(only, [...names])}`,
    );
  }
  const { targets } = bus.registry.lookUp(event.name, true);
  if (only !== undefined && !targets.some(({ name }) => name === only)) {
    throw new EventsError(
      'BAD_OPTION',
      `bus.deliver: ${quote(only)} takes no ${quote(event.name)} that came from a queue. ${didYouMean(
        only,
        targets.map(({ name }) => name),
      )}`,
    );
  }
  const entry: Entry = { event, ctx: NO_CTX, when: 'settled', scope: undefined, n: 0, cause: undefined };
  const flush = new Flush(bus, [entry], { fromQueue: true, signal, only });
  const run = async () => {
    restoring(() => flush.begin());
    await flush.chain.done();
    return { ok: true } as const;
  };
  await (bus.observed === undefined ? run() : bus.observed.wrapDelivery(event, attempt, run));
  return { event, failures: flush.failures };
}

/** @throws EventsError `BAD_MESSAGE`, without the payload in its text */
function readEnvelope(bus: BusState, envelope: unknown): AnyEvent {
  if (!isObject(envelope)) throw bad('it is no object');
  const { id, name, correlationId, causationId, depth = 0, key, path, traceparent, tracestate } = envelope;
  if (typeof id !== 'string' || id === '') throw bad('its id must be a text that is not empty');
  const texts = { correlationId, causationId, key, path, traceparent, tracestate };
  for (const [field, value] of Object.entries(texts)) {
    if (value !== undefined && typeof value !== 'string') throw bad(`its ${field} must be a text`);
  }
  if (!Number.isSafeInteger(depth) || (depth as number) < 0)
    throw bad('its depth must be a whole number, 0 or more');
  if ((depth as number) > bus.settings.limits.depth)
    throw bad(`its depth is over limits.depth, ${bus.settings.limits.depth}`);
  const given = envelope['time'];
  const time = new Date(
    given instanceof Date ? given.getTime() : typeof given === 'string' ? given : Number.NaN,
  );
  if (Number.isNaN(time.getTime())) throw bad('its time must be a Date, or ISO 8601 text');
  return Object.freeze({
    id,
    name: name as string,
    payload: readPayload(bus, name, envelope['payload']),
    time,
    key: key as string | undefined,
    path: path as string | undefined,
    correlationId: (correlationId ?? id) as string,
    causationId: causationId as string | undefined,
    depth: depth as number,
    traceparent: traceparent as string | undefined,
    tracestate: tracestate as string | undefined,
    meta: refusing(() => checkMeta(bus, envelope['meta'] ?? {})),
  });
}

function readPayload(bus: BusState, name: unknown, payload: unknown): unknown {
  return refusing(() => {
    const schema = schemaOf(bus.app.shape, name);
    return copyPayload(validate(schema, payload, name as string), name as string);
  });
}

function refusing<R>(read: () => R): R {
  try {
    return read();
  } catch (error) {
    throw bad(error instanceof EventsError ? error.message : causeOf(error), error);
  }
}

function bad(why: string, cause?: unknown): EventsError {
  const issues = cause instanceof EventsError ? cause.issues : undefined;
  return new EventsError('BAD_MESSAGE', `An envelope is refused: ${why}.`.replace(/\.\.$/, '.'), {
    ...(cause === undefined ? {} : { cause }),
    ...(issues === undefined ? {} : { issues }),
  });
}
