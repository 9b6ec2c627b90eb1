import { signal } from '@preact/signals';
import type { BusDescription } from '../../core/types/describe.ts';
import { get, Refused } from './api.ts';

export interface DescribedBus {
  readonly number: number;
  readonly description?: BusDescription;
  /** Why it could not be described. */
  readonly error?: string;
}
export type WiringState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'broken'; readonly words: string }
  | { readonly kind: 'known'; readonly buses: readonly DescribedBus[] };

export const wiring = signal<WiringState>({ kind: 'loading' });

/** Asks for the wiring of all buses. A listener may have been registered meanwhile, so each view asks anew. */
export async function loadWiring(): Promise<void> {
  try {
    const { buses } = await get<{ buses: readonly DescribedBus[] }>('wiring');
    wiring.value = { kind: 'known', buses };
  } catch (error) {
    const words = error instanceof Refused ? error.message : 'The server does not answer.';
    wiring.value = { kind: 'broken', words };
  }
}

/** The listeners of all buses. */
export function listeners() {
  const { value } = wiring;
  return value.kind === 'known' ? value.buses.flatMap(({ description }) => description?.listeners ?? []) : [];
}
