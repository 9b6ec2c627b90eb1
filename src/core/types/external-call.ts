import type { DeferStrategy } from './defer.ts';
import type { Outcome } from './observer.ts';

/**
 * A call of something else than a tRPC procedure, as `bus['~run']` takes it. It may come from another copy of this
 * package than the bus: nothing but what stands here is used of it.
 */
export interface ExternalCall<R, TContext = unknown, TMeta = unknown> {
  /** What observers and events show as the path. */
  readonly path: string | undefined;
  /** The ctx of its listeners, where there is one: else `createContext` makes it. */
  readonly ctx?: { readonly value: TContext } | undefined;
  /** The meta of its events. Left out: what the bus makes. */
  readonly meta: TMeta | undefined;
  readonly defer: DeferStrategy<TContext> | undefined;
  /** Read late. */
  readonly signal: AbortSignal | undefined;
  readonly response: unknown;
  run(): R;
  /** What it came to: what was returned, or what was thrown. */
  outcomeOfReturn(returned: Awaited<R>): Outcome;
  outcomeOfThrow(thrown: unknown): Outcome;
}

/**
 * All that `withEvents` needs of a bus, so that one whose types come from another copy of this package fits, too: pnpm
 * installs a copy for each set of peers, and the bus of a monorepo is often made where Next.js is not installed.
 */
export interface RunsExternalCalls<TContext, TMeta> {
  /** How `withEvents` runs a function in a scope: not for applications. */
  '~run'<R>(call: ExternalCall<R, TContext, TMeta>): Promise<Awaited<R>>;
}
