import type { DiscardReason, DispatchInfo, ScopeInfo } from '../../../src/index.ts';

/** Why an event was dropped. */
export const dropped: Record<DiscardReason, string> = {
  failed: 'its call failed',
  succeeded: 'its call succeeded',
  'enclosing-failed': 'the call around it failed',
  'attempt-failed': 'its listener failed',
  disabled: 'the bus is disabled',
};

/** Returns where an event was dispatched: in calls, from the inside out, in a listener, or in neither. */
export function origin({ scope, attempt }: DispatchInfo, inBatch = false): string {
  if (scope !== undefined) return callsOf(scope, inBatch);
  return attempt?.listener ?? 'bus.publish';
}

function callsOf({ path = 'bus.scope', parent, batchIndex = 0 }: ScopeInfo, inBatch: boolean): string {
  if (parent !== undefined) return `${path} in ${callsOf(parent, inBatch)}`;
  return inBatch ? `${path}, call ${batchIndex + 1}` : path;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.trimEnd()}` : String(error);
}
