import type { DeferStrategy } from './defer.ts';
import type { Outcome } from './observer.ts';

/**
 * A call of something other than a tRPC procedure, as `bus['~open']` takes it. The call may come from another copy of
 * this package than the bus, so only the members below are used.
 */
export interface ExternalCall<TContext = unknown, TMeta = unknown> {
  /** The path that observers and events show. */
  readonly path: string | undefined;
  /** The ctx of listeners, if there is one; else `createContext` makes it. */
  readonly ctx?: { readonly value: TContext } | undefined;
  /** The meta of the call's events. Default: the bus's `meta` makes it. */
  readonly meta: TMeta | undefined;
  readonly defer: DeferStrategy<TContext> | undefined;
  /** Read late, because reading a request's signal throws in a route that is prerendered. */
  readonly signal: AbortSignal | undefined;
  readonly response: unknown;
}

/** The open scope of an external call. Whoever opened it runs the call, and says how it ended. */
export interface ExternalScope {
  /** Calls a function in the scope. */
  run<R>(fn: () => R): R;
  /** Settles the scope, the first time. Returns a promise if the caller must wait for the flush. It never rejects. */
  settle(outcome: Outcome): Promise<void> | undefined;
}

/**
 * The part of a bus that `withEvents` needs, so that a bus whose types come from another copy of this package fits too.
 * pnpm installs a copy for each set of peers, and the bus of a monorepo is often made where Next.js is not installed.
 */
export interface OpensExternalScopes<TContext, TMeta> {
  /** Opens the scope of a call, for `withEvents`. Applications don't call this. */
  '~open'(call: ExternalCall<TContext, TMeta>): ExternalScope;
}
