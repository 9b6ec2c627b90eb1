import type { DiscardReason } from '../types/observer.ts';
import { nearestOpen, type Entry, type Scope } from './scope.ts';

/** Returns why an entry is dropped; `undefined` if it is kept. Ask only when no open scope can change the answer. */
export function reasonToDrop({ scope, when, sequence }: Entry): DiscardReason | undefined {
  if (scope.root.discardsAll) return 'attempt-failed';
  if (when === 'settled') return undefined;
  if (when === 'failure') return scope.outcome === 'failed' ? undefined : 'succeeded';
  if (!succeeded(scope, sequence)) return scope.isAttempt ? 'attempt-failed' : 'failed';
  for (let above = scope.parent; above !== undefined; above = above.parent) {
    if (!succeeded(above, sequence)) return above.isAttempt ? 'attempt-failed' : 'enclosing-failed';
  }
  return undefined;
}

function succeeded(scope: Scope, sequence: number): boolean {
  return scope.outcome === 'ok' || isCommitted(scope, sequence);
}

function isCommitted({ call }: Scope, sequence: number): boolean {
  return call !== undefined && sequence < call.committedUpTo;
}

/** Takes the entries that have no open scope out of a root. Returns those that are kept. */
export function takeSettled(root: Scope): readonly Entry[] {
  const { entries } = root;
  if (entries === undefined) return [];
  root.entries = undefined;
  if (allKept(root, entries)) return entries;
  return sift(root, entries, (entry) => nearestOpen(entry.scope) === undefined);
}

/** Returns true if nothing is nested and everything is kept: a fast path for most calls. */
function allKept(root: Scope, entries: readonly Entry[]): boolean {
  for (const { scope, when, sequence } of entries) {
    if (scope !== root || when !== 'success' || !succeeded(root, sequence)) return false;
  }
  return true;
}

/**
 * Takes out the entries of a stream that has yielded, if they depend on nothing that is still to come. `'settled'`
 * entries wait for the end of the stream, unless nobody pulls it: then the end may never come.
 */
export function takeCommitted(root: Scope, isAbandoned: boolean): readonly Entry[] {
  const { entries } = root;
  if (entries === undefined) return [];
  root.entries = undefined;
  return sift(root, entries, (entry) => {
    if (entry.when === 'failure' || (entry.when === 'settled' && !isAbandoned)) return false;
    for (let scope: Scope | undefined = entry.scope; scope !== undefined; scope = scope.parent) {
      if (scope.outcome === 'open' && !isCommitted(scope, entry.sequence)) return false;
    }
    return true;
  });
}

function sift(root: Scope, entries: readonly Entry[], isRipe: (entry: Entry) => boolean): readonly Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    if (!isRipe(entry)) {
      (root.entries ??= []).push(entry);
      continue;
    }
    const reason = reasonToDrop(entry);
    if (reason === undefined) kept.push(entry);
    else root.bus.discard(entry.event, reason);
  }
  return kept;
}
