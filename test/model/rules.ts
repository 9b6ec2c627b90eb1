import type { DiscardReason, When } from '../../src/index.ts';
import type { Nest } from './program.ts';
import type { Payload } from './run.ts';

/** What a call, a scope, a stream or an attempt of a listener is. */
export interface Scope {
  readonly kind: Nest['kind'] | 'stream' | 'attempt';
  readonly parent: Scope | undefined;
  readonly root: Scope;
  readonly ctx: string;
  /** Of an attempt, or of the attempt that it is in: what waits for all that comes of it. */
  readonly chain: Chain | undefined;
  /** Began after the close: it may dispatch nothing. */
  readonly isRefused: boolean;
  outcome: 'open' | 'ok' | 'failed';
  /** Of an attempt: another one follows. */
  isVoid: boolean;
  /** Of a stream: what was dispatched before its last yield has succeeded. */
  committed: number;
  /** Of a root: what waits, and how much there ever was. */
  entries: Entry[];
  count: number;
}
/** A dispatched event. */
export interface Entry {
  readonly payload: Payload;
  readonly ctx: string;
  readonly cause: Cause | undefined;
  readonly when: When;
  readonly scope: Scope;
  readonly n: number;
}
export type Handled = Pick<Entry, 'payload' | 'ctx' | 'cause'>;
/** The event that a listener handles while it dispatches another one. */
export interface Cause {
  readonly label: string;
  readonly first: string;
  readonly depth: number;
}
/** There is no AsyncLocalStorage here: who runs a program passes on where. */
export interface Place {
  readonly scope: Scope;
  readonly around: Place | undefined;
  readonly cause: Cause | undefined;
  /** Of the attempt in which it runs. */
  readonly chain: Chain | undefined;
}

/** All that a flush leads to. */
export class Chain {
  #open = 0;
  #waiting: (() => void)[] = [];
  readonly #parent: Chain | undefined;
  constructor(parent: Chain | undefined) {
    this.#parent = parent;
  }
  hold(): void {
    if (this.#open++ === 0) this.#parent?.hold();
  }
  release(): void {
    if (--this.#open > 0) return;
    this.#parent?.release();
    for (const go of this.#waiting.splice(0)) go();
  }
  async done(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

export const nearestOpen = (scope: Scope | undefined): Scope | undefined =>
  scope === undefined || scope.outcome === 'open' ? scope : nearestOpen(scope.parent);
export const isWithin = (scope: Scope | undefined, outer: Scope): boolean =>
  scope !== undefined && (scope === outer || isWithin(scope.parent, outer));
const succeeded = (scope: Scope, n: number) => scope.outcome === 'ok' || n < scope.committed;

/** Why an event is dropped, when all its scopes have settled. */
export function reasonToDrop({ scope, when, n }: Entry): DiscardReason | undefined {
  if (scope.root.isVoid) return 'attempt-failed';
  if (when === 'settled') return undefined;
  if (when === 'failure') return scope.outcome === 'failed' ? undefined : 'succeeded';
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (succeeded(at, n)) continue;
    if (at.kind === 'attempt') return 'attempt-failed';
    return at === scope ? 'failed' : 'enclosing-failed';
  }
  return undefined;
}
