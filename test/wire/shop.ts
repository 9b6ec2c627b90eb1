import type { AnyEvent } from '../../src/wire/index.ts';

/** An event as a dispatch makes it. */
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

/** Numbers from 0 to 1 that a seed makes, each time the same. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
