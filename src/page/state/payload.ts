import { signal, type Signal } from '../signals.ts';
import { load, type Loaded } from './loaded.ts';

/** The payload of an event, as the server writes it. */
export interface Payload {
  /** JSON: see `PayloadText`. */
  readonly payload: string;
  readonly isCut: boolean;
  readonly canRedeliver: boolean;
  /** The payload as JSON that others understand, and as TypeScript. */
  readonly json: string;
  readonly code: string;
}

const MOST = 50;
const payloads = new Map<string, Signal<Loaded<Payload>>>();

/** Asks the server for the payload of an event, which the stream doesn't have. */
export function payloadOf(event: string): Signal<Loaded<Payload>> {
  const known = payloads.get(event);
  if (known !== undefined) return known;
  const payload = signal<Loaded<Payload>>({});
  payloads.set(event, payload);
  if (payloads.size > MOST) payloads.delete(payloads.keys().next().value!);
  reloadPayload(event);
  return payload;
}

/** Asks for a payload again, in case a delivery of the event or the last request has failed meanwhile. */
export function reloadPayload(event: string): void {
  const payload = payloads.get(event);
  if (payload) void load(`events/${encodeURIComponent(event)}`, payload);
}
