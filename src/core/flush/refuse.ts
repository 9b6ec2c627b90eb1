import { isBatch, type AttemptFlush, type Job } from '../attempt/attempt.ts';
import { record } from '../attempt/settle.ts';
import { findDifference } from '../catalog/find-difference.ts';
import { placeOf } from '../catalog/schema.ts';
import { isProduction } from '../host/environment.ts';
import type { BusState } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import type { Target } from '../model/target.ts';
import { readEnvelope } from '../scope/read-envelope.ts';
import type { AnyEvent, Envelope } from '../types/event.ts';
import type { MessageCodec } from '../types/handler.ts';
import { EventsError } from '../words/errors.ts';
import { causeOf, quote } from '../words/quote.ts';

/**
 * Returns true if an event may be given to a target. Outside production, what a forwarder would send is read back as its
 * receiver would read it. An event that would arrive changed is recorded as the forwarder's failure. A lossy codec is not
 * checked, because it writes for readers of another kind.
 */
export function travels(flush: AttemptFlush, item: Item, target: Target): boolean {
  if (!target.remote || isProduction() || target.codec?.lossy === true) return true;
  try {
    assertArrives(flush.bus, item.event, target.codec);
    return true;
  } catch (error) {
    record(flush, { listener: target.name, kind: 'forwarder', number: 0 }, item, error, 'not-retriable');
    return false;
  }
}

/** @throws EventsError `NOT_SERIALIZABLE`, or whatever the codec throws when it encodes */
function assertArrives(bus: BusState, event: AnyEvent, codec: MessageCodec | undefined): void {
  const text = codec && encode(event, codec);
  let envelope: Envelope = event;
  let arrived: AnyEvent;
  try {
    if (text !== undefined) envelope = codec!.decode(text);
    arrived = readEnvelope(bus, envelope);
  } catch (cause) {
    const why = cause instanceof EventsError ? cause.message : causeOf(cause);
    throw new EventsError(
      'NOT_SERIALIZABLE',
      `${quote(event.name)} would be refused where it arrives: ${why}`,
      {
        cause,
      },
    );
  }
  for (const field of ['id', 'name', 'key'] as const) {
    if (arrived[field] === event[field]) continue;
    throw new EventsError(
      'NOT_SERIALIZABLE',
      `The ${field} of ${quote(event.name)} does not come back from its codec.`,
    );
  }
  for (const part of ['payload', 'meta'] as const) {
    const path = findDifference(event[part], arrived[part]);
    if (path === undefined) continue;
    const why =
      findDifference(event[part], envelope[part]) === undefined
        ? 'its schema changes its own output, and validates it again where it arrives'
        : 'the codec does not bring it back';
    throw new EventsError(
      'NOT_SERIALIZABLE',
      `The ${part} of ${quote(event.name)} arrives changed${placeOf(path)}: ${why}. Transform the value before the dispatch, or in the listener.`,
    );
  }
}

/** @throws EventsError `NOT_SERIALIZABLE` */
function encode(event: AnyEvent, codec: MessageCodec): string {
  try {
    const text: unknown = codec.encode(event);
    if (typeof text === 'string') return text;
  } catch (cause) {
    if (cause instanceof EventsError) throw cause;
    const message = `${quote(event.name)} can't be encoded: ${causeOf(cause)}`;
    throw new EventsError('NOT_SERIALIZABLE', message, { cause });
  }
  throw new EventsError('NOT_SERIALIZABLE', `The codec made no text of ${quote(event.name)}.`);
}

/** Returns true if the target is a handler, which gets no events after `close` ran out of time. Records them as failed. */
export function refuseClosed(flush: AttemptFlush, job: Job, { name, kind }: Target): boolean {
  if (kind === 'listener') return false;
  const error = new EventsError('CLOSED', 'bus.close has run out of time before this began');
  for (const item of isBatch(job) ? job : [job])
    record(flush, { listener: name, kind, number: 0 }, item, error);
  return true;
}
