import type { AnyEvent, Outcome } from 'trpc-events';
import { now } from './clock.ts';

/** Which click an event belongs to, and the time. */
export function about({ meta }: AnyEvent): { click: string; at: number } {
  return { click: (meta as { click: string }).click, at: now() };
}

/** How a scope ended, or an attempt. */
export function endOf(outcome: Outcome): { ok: boolean; error: string } {
  return outcome.ok ? { ok: true, error: '' } : { ok: false, error: described(outcome.error) };
}

/** How an attempt ended for one of its events. */
export function endFor({ id }: AnyEvent, outcome: Outcome): { ok: boolean; error: string } {
  if (outcome.ok || outcome.failures === undefined) return endOf(outcome);
  const failure = outcome.failures.find((it) => it.id === id);
  return endOf(failure === undefined ? { ok: true } : { ok: false, error: failure.error });
}

function described(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code || (error instanceof Error ? error.message : String(error));
}
