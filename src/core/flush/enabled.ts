import { readerOf } from '../host/environment.ts';
import type { BusState } from '../model/bus-state.ts';
import { EventsError } from '../words/errors.ts';
import { quote } from '../words/quote.ts';

const NAME = 'TRPC_EVENTS_DISABLED';
const YES = ['1', 'true', 'yes', 'on'];
const NO = ['', '0', 'false', 'no', 'off'];
const read = readerOf(NAME);

/** Returns true if the bus and the environment let events be flushed. The environment is read each time. */
export function isEnabled(bus: BusState): boolean {
  if (!bus.enabled) return false;
  const value = read();
  return value === undefined || !YES.includes(value.toLowerCase());
}

/** @throws EventsError `BAD_OPTION` if the environment says neither yes nor no */
export function checkEnvironment(): void {
  const value = read();
  if (value === undefined || [...YES, ...NO].includes(value.toLowerCase())) return;
  const accepted = `${YES.join(', ')}, ${NO.slice(1).join(', ')}, or empty`;
  throw new EventsError(
    'BAD_OPTION',
    `The environment variable ${NAME} is ${quote(value)}; it can be ${accepted}.`,
  );
}
