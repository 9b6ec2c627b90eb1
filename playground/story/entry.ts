import type { DiscardReason } from 'trpc-events';
import type { WorkerState } from './worker-state.ts';

/**
 * What happened on the server in the course of a click, as it goes to the page. `at` is in ms since 1970, with fractions.
 * Calls, events and attempts are told apart by their ids.
 */
export type Entry = { readonly click: string; readonly at: number } & (
  | { readonly kind: 'opened'; readonly call: string; readonly path: string; readonly batchIndex: number }
  | { readonly kind: 'settled'; readonly call: string; readonly ok: boolean; readonly error: string }
  | { readonly kind: 'answered'; readonly call: string }
  | {
      readonly kind: 'dispatched';
      readonly event: string;
      readonly name: string;
      readonly payload: unknown;
      /** The call or the attempt that dispatched it. */
      readonly by: string | undefined;
    }
  | { readonly kind: 'released' | 'unhandled'; readonly event: string }
  | { readonly kind: 'arrived'; readonly event: string; readonly queue: string }
  | { readonly kind: 'dropped'; readonly event: string; readonly reason: DiscardReason }
  | {
      readonly kind: 'started';
      readonly attempt: string;
      readonly event: string;
      readonly listener: string;
      /** Whether it sends the event to a queue. */
      readonly isForwarder: boolean;
      /** The process id of the worker, if it ran there. */
      readonly worker?: number;
    }
  | { readonly kind: 'finished'; readonly attempt: string; readonly ok: boolean; readonly error: string }
);

/** What every visitor is told. */
export interface Notice {
  readonly kind: 'worker';
  readonly worker: WorkerState;
}

/** The clicks of a visitor begin with the visitor's id. */
export function isOf(visitor: string, click: string): boolean {
  return click.startsWith(`${visitor}.`);
}
