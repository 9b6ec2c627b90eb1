import { signal, type Signal } from '@preact/signals';
import type { Value } from '../detail/value.ts';
import { get, Refused } from './api.ts';

export type Payload =
  | { readonly kind: 'loading' }
  | { readonly kind: 'missing'; readonly words: string }
  | {
      readonly kind: 'known';
      readonly value: Value;
      readonly isCut: boolean;
      readonly canRedeliver: boolean;
    };

const LOADING = { kind: 'loading' } as const;
const MOST = 50;
const payloads = new Map<string, Signal<Payload>>();

/** Asks the server for the payload of an event, which the stream doesn't have. */
export function payloadOf(event: string): Signal<Payload> {
  const known = payloads.get(event);
  if (known !== undefined) return known;
  const payload = signal<Payload>(LOADING);
  payloads.set(event, payload);
  if (payloads.size > MOST) payloads.delete(payloads.keys().next().value!);
  void load(event, payload);
  return payload;
}

/** Asks again: of a delivery that failed meanwhile, or of what could not be asked. */
export function reloadPayload(event: string): void {
  const payload = payloads.get(event);
  if (payload !== undefined) void load(event, payload);
}

async function load(event: string, payload: Signal<Payload>): Promise<void> {
  try {
    const got = await get<{ payload: string; isCut: boolean; canRedeliver: boolean }>(
      `events/${encodeURIComponent(event)}`,
    );
    const { isCut, canRedeliver } = got;
    payload.value = { kind: 'known', value: JSON.parse(got.payload) as Value, isCut, canRedeliver };
  } catch (error) {
    payloads.delete(event);
    const words = error instanceof Refused ? error.message : 'The server does not answer.';
    if (payload.peek().kind !== 'known') payload.value = { kind: 'missing', words };
  }
}
