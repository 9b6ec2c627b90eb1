import type { DiscardReason, When } from '../../src/index.ts';
import type { Nest } from './program.ts';
import type { Payload } from './run.ts';

/** A call, a scope, a stream, or an attempt of a listener. */
export interface Scope {
  readonly kind: Nest['kind'] | 'stream' | 'attempt';
  readonly parent: Scope | undefined;
  readonly root: Scope;
  readonly ctx: string;
  /** For an attempt, and for scopes in it: waits for everything that the attempt leads to. */
  readonly chain: Chain | undefined;
  /** True if the scope began after the close, and may dispatch nothing. */
  readonly isRefused: boolean;
  outcome: 'open' | 'ok' | 'failed';
  /** For an attempt: true if it failed and another one follows. */
  isVoid: boolean;
  /** For a stream: entries with `n` below this have succeeded, because it has yielded since. */
  committed: number;
  /** For a root: the entries that wait, and the count of all entries that it ever had. */
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
/** A place in a program. The runner of the program passes it on, because there is no AsyncLocalStorage here. */
export interface Place {
  readonly scope: Scope;
  readonly around: Place | undefined;
  readonly cause: Cause | undefined;
  /** The chain of the attempt in which the step runs. */
  readonly chain: Chain | undefined;
}

/** Counts what a flush leads to, until all of it is done. */
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

/** Returns why an event is dropped once all its scopes have settled, or undefined if it is kept. */
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
