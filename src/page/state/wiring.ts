import { computed, signal } from '../signals.ts';
import type { BusDescription } from '../../core/types/describe.ts';
import { load, type Loaded } from './loaded.ts';

export interface DescribedBus {
  readonly number: number;
  readonly description?: BusDescription;
  /** A sample payload for each event, for the reader to edit. */
  readonly samples?: Readonly<Record<string, unknown>>;
  /** The patterns that come closest to each event that nobody takes. */
  readonly closest?: Readonly<
    Record<string, readonly { readonly pattern: string; readonly listener: string }[]>
  >;
  /** Why the bus could not be described. */
  readonly error?: string;
}

export const wiring = signal<Loaded<{ readonly buses: readonly DescribedBus[] }>>({});

/** Asks for the wiring of all buses. A listener may have been registered meanwhile, so each view asks again. */
export function loadWiring(): void {
  void load('wiring', wiring);
}

export const buses = computed(() => wiring.value.value?.buses ?? []);

/** The events of all buses, each with its bus. */
export const busEvents = computed(() =>
  buses.value.flatMap((bus) => (bus.description?.events ?? []).map((event) => ({ bus, event }))),
);
