import type { DeferStrategy } from './defer.ts';
import type { Outcome } from './observer.ts';

/**
 * A call of something other than a tRPC procedure, as `bus['~run']` takes it. The call may come from another copy of
 * this package than the bus, so only the members below are used.
 */
export interface ExternalCall<R, TContext = unknown, TMeta = unknown> {
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
  run(): R;
  /** Decides the outcome of the call, from the value that it returned or threw. */
  outcomeOfReturn(returned: Awaited<R>): Outcome;
  outcomeOfThrow(thrown: unknown): Outcome;
}

/**
 * The part of a bus that `withEvents` needs, so that a bus whose types come from another copy of this package fits too.
 * pnpm installs a copy for each set of peers, and the bus of a monorepo is often made where Next.js is not installed.
 */
export interface RunsExternalCalls<TContext, TMeta> {
  /** Runs a function in a scope, for `withEvents`. Applications don't call this. */
  '~run'<R>(call: ExternalCall<R, TContext, TMeta>): Promise<Awaited<R>>;
}
