export { randomOf } from '../setup/random.ts';
import type { AnyEvent } from '../../src/wire/index.ts';

/** Makes an event as a dispatch would. */
export function eventOf(payload: unknown, fields: Partial<AnyEvent> = {}): AnyEvent {
  return {
    id: '0190d3a0-0000-7000-8000-000000000001',
    name: 'cat.spotted',
    payload,
    time: new Date('2026-01-01T12:00:00.123Z'),
    correlationId: '0190d3a0-0000-7000-8000-000000000001',
    depth: 0,
    meta: {},
    ...fields,
  };
}
