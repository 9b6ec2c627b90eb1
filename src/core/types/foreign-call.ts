import type { DeferStrategy } from './defer.ts';
import type { Outcome } from './observer.ts';

/**
 * A call of something else than a tRPC procedure, as `bus['~run']` takes it. It may come from another copy of this
 * package than the bus: nothing but what stands here is used of it.
 */
export interface ForeignCall<R> {
  /** What observers and events show as the path. */
  readonly path: string | undefined;
  /** The ctx of its listeners, where there is one: else `createContext` makes it. */
  readonly ctx?: { readonly value: unknown } | undefined;
  /** The meta of its events. Left out: what the bus makes. */
  readonly meta: unknown;
  readonly defer: DeferStrategy | undefined;
  /** Read late. */
  readonly signal: AbortSignal | undefined;
  readonly response: unknown;
  run(): R;
  /** What it came to: what was returned, or what was thrown. */
  outcomeOfReturn(returned: Awaited<R>): Outcome;
  outcomeOfThrow(thrown: unknown): Outcome;
}
