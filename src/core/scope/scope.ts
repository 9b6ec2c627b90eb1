import type { Attempt } from '../flush/attempt.ts';
import type { BusState } from '../bus/bus-state.ts';
import type { CallScope } from './call-scope.ts';
import type { Chain } from '../flush/chain.ts';
import type { Frame } from './storage.ts';
import type { When } from '../types/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import type { DiscardReason } from '../types/observer.ts';

/** An event that waits in a scope, or in a flush, with all that its listeners will need. */
export interface Entry {
  readonly event: AnyEvent;
  /** The ctx of its dispatch; `NO_CTX` where `createContext` is to make it. */
  ctx: unknown;
  readonly when: When;
  readonly scope: Scope | undefined;
  /** Its place among all that was dispatched below an outermost scope. */
  readonly n: number;
  /** The attempt that dispatched it. */
  readonly cause: Attempt | undefined;
}
export const NO_CTX: unique symbol = Symbol('no ctx');

/**
 * What one procedure call, or one attempt of a listener, dispatched. Its events stand in one list at the outermost
 * scope, in the order of their dispatch, so nothing moves when an inner scope settles: an entry is judged by all scopes
 * above it when the last of them has settled.
 */
export class Scope implements Frame {
  readonly bus: BusState;
  readonly parent: Scope | undefined;
  readonly root: Scope;
  /** Of the root: what waits for all that comes of it, late or not. */
  readonly chain: Chain;
  /** Where scopes of other buses run here too: what the AsyncLocalStorage holds then. Let go of when it settles. */
  link: Frame | undefined;
  /** Itself, if it is a call, and no attempt. */
  call: CallScope | undefined = undefined;
  /** Itself, if it is an attempt; else the one that it runs in, or was started from. */
  attempt: Attempt | undefined;
  /** Let go of when it settles: a timer that was started here may hold the scope for long. */
  ctx: unknown;
  outcome: 'open' | 'ok' | 'failed' = 'open';
  /** Of a root: what waits. */
  entries: Entry[] | undefined = undefined;
  /** Of a root: how much ever was dispatched below it. */
  count = 0;

  constructor(
    bus: BusState,
    parent: Scope | undefined,
    ctx: unknown,
    rest: Frame | undefined,
    attempt: Attempt | undefined,
    chain: Chain,
  ) {
    this.bus = bus;
    this.parent = parent;
    this.root = parent === undefined ? this : parent.root;
    this.link = rest === undefined ? undefined : { scope: this, rest };
    this.attempt = attempt;
    this.chain = chain;
    this.ctx = ctx;
  }

  /** What the AsyncLocalStorage holds while it runs. */
  get frame(): Frame {
    return this.link ?? this;
  }

  get scope(): this {
    return this;
  }

  get rest(): undefined {
    return undefined;
  }
}

/** The scope itself, or the nearest around it, that has not settled. */
export function nearestOpen(scope: Scope | undefined): Scope | undefined {
  while (scope !== undefined && scope.outcome !== 'open') scope = scope.parent;
  return scope;
}

/** Whether a bus that is closing still takes events from a scope: it began before, and is no stream. */
export function goesOn(bus: BusState, open: Scope | undefined): boolean {
  const call = open?.root.call;
  return !bus.closed && open !== undefined && !call?.isRefused && !call?.streaming;
}

/** Why an entry is to be dropped, now that all its scopes have settled; `undefined` if it is kept. */
export function reasonToDrop({ scope, when, n }: Entry): DiscardReason | undefined {
  if (scope === undefined) return undefined;
  const { root } = scope;
  if (root.attempt === root && root.attempt.policed?.isVoid) return 'attempt-failed';
  if (when === 'settled') return undefined;
  if (when === 'failure') return scope.outcome === 'failed' ? undefined : 'succeeded';
  if (!succeeded(scope, n)) return scope.attempt === scope ? 'attempt-failed' : 'failed';
  for (let above = scope.parent; above !== undefined; above = above.parent) {
    if (!succeeded(above, n)) return above.attempt === above ? 'attempt-failed' : 'enclosing-failed';
  }
  return undefined;
}

function succeeded(scope: Scope, n: number): boolean {
  return scope.outcome === 'ok' || isCommitted(scope, n);
}

function isCommitted({ call }: Scope, n: number): boolean {
  return call !== undefined && n < call.committed;
}

/** Takes out the entries of a root whose scopes have all settled, and gives back those that are kept. */
export function takeSettled(root: Scope): readonly Entry[] {
  const { entries } = root;
  if (entries === undefined) return [];
  root.entries = undefined;
  if (allKept(root, entries)) return entries;
  return sift(root, entries, (entry) => nearestOpen(entry.scope) === undefined);
}

/** What is so in most calls, and costs least: nothing nested, and all of it kept. */
function allKept(root: Scope, entries: readonly Entry[]): boolean {
  for (const { scope, when, n } of entries) {
    if (scope !== root || when !== 'success' || !succeeded(root, n)) return false;
  }
  return true;
}

/**
 * The same for a stream that has yielded: those that depend on nothing any more that is still to come. `'settled'` ones
 * wait for its end, unless nobody pulls it, and that may never come.
 */
export function takeCommitted(root: Scope, isAbandoned: boolean): readonly Entry[] {
  const { entries } = root;
  if (entries === undefined) return [];
  root.entries = undefined;
  return sift(root, entries, (entry) => {
    if (entry.when === 'failure' || (entry.when === 'settled' && !isAbandoned)) return false;
    for (let scope = entry.scope; scope !== undefined; scope = scope.parent) {
      if (scope.outcome === 'open' && !isCommitted(scope, entry.n)) return false;
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
    else root.bus.discard(entry, reason);
  }
  return kept;
}
