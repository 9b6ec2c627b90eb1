import { isObject } from '../core/words/guards.ts';
import type { Envelope } from '../core/types/event.ts';
import type { BrokerMessage } from './codec.ts';
import { badMessage } from './read-json.ts';

/** The top level of a message. It has no prototype, so that nothing on `Object.prototype` counts as a field. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns a copy of an object in a message, or `undefined` for anything else. */
export function fieldsOf(parsed: unknown): Fields | undefined {
  if (!isObject(parsed) || Array.isArray(parsed)) return undefined;
  return Object.assign(Object.create(null), parsed) as Fields;
}

/** Returns the text of a field. JSON's null counts as a missing field. */
export function textOf(message: Fields, field: string): string | undefined {
  const value = message[field] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw badMessage(`its ${field} must be a text`);
}

export function required(message: Fields, field: string): string {
  const text = textOf(message, field);
  if (text === undefined || text === '') throw badMessage(`its ${field} must be a text that is not empty`);
  return text;
}

/** Returns the id that a message has in a field, or the broker's id if the message has none. */
export function idOf(message: Fields, field: string, from: Partial<BrokerMessage>): string {
  return (textOf(message, field) === undefined ? from.id : undefined) ?? required(message, field);
}

/** Returns the time that a message has in a field, or else the broker's time, or else now. */
export function timeOf(message: Fields, field: string, from: Partial<BrokerMessage>): Date {
  const text = textOf(message, field);
  if (text === undefined) return from.time ?? new Date();
  const time = new Date(/^\d{4}-\d\d-\d\dT/.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) throw badMessage(`its ${field} must be ISO 8601 text`);
  return time;
}

/** A W3C trace context of version 00 to fe, whose ids are not all zeros. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** A W3C tracestate: at most 512 printable ASCII characters. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/**
 * Returns the trace context of a message, or of the broker's attributes if the message has none. A bad trace is no reason
 * to refuse an event, so an invalid trace context is left out.
 */
export function traceOf(
  message: Fields | undefined,
  attributes: BrokerMessage['attributes'] | undefined,
): Pick<Envelope, 'traceparent' | 'tracestate'> {
  for (const { traceparent, tracestate } of [message ?? {}, fieldsOf(attributes) ?? {}] as Fields[]) {
    if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) continue;
    const isState = typeof tracestate === 'string' && TRACESTATE.test(tracestate);
    return { traceparent, tracestate: isState ? tracestate : undefined };
  }
  return {};
}
