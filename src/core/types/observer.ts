import type { EventsError } from '../words/errors.ts';
import type { When } from './dispatch.ts';
import type { AnyEvent } from './event.ts';

/** A scope as observers see it. One object a scope: use it as a key. */
export interface ScopeInfo {
  /** A procedure call, or one of what `withEvents` wraps; `bus.scope` and `e.scope`. */
  readonly kind: 'call' | 'scope';
  /** The procedure's path, or the `name` that `withEvents` was given. */
  readonly path: string | undefined;
  readonly type: 'query' | 'mutation' | 'subscription' | undefined;
  /** The position in its batch (tRPC 11.13 and later). */
  readonly batchIndex: number | undefined;
  /** The scope that encloses it. */
  readonly parent: ScopeInfo | undefined;
  /** The attempt of a listener that it runs in. */
  readonly attempt: AttemptInfo | undefined;
}

/** One attempt of one listener, or one call of a handler. One object an attempt. */
export interface AttemptInfo {
  readonly listener: string;
  /** The event; the first one, in a call of `handleMany`. */
  readonly event: AnyEvent;
  /** All events of a call of `handleMany`, else the one. */
  readonly events: readonly AnyEvent[];
  readonly attempt: number;
}

/** Where an event was dispatched. */
export interface DispatchInfo {
  readonly when: When;
  readonly scope: ScopeInfo | undefined;
  readonly attempt: AttemptInfo | undefined;
}

/** Why an event was dropped: the outcome of its own call, of an enclosing one, or of the attempt, didn't suit its `when`; or the bus is disabled. */
export type DiscardReason = 'failed' | 'succeeded' | 'enclosing-failed' | 'attempt-failed' | 'disabled';

/** What a scope or a wrapped step came to. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };
/** Runs what an observer wraps; never rejects. Call it once, before the wrapper returns. */
export type RunStep = () => Promise<Outcome>;

/** A call to a broker. */
export interface SendInfo {
  readonly forwarder: string;
  readonly destination: string;
  readonly events: readonly AnyEvent[];
}
/** An event that came from a queue. */
export interface DeliveryInfo {
  readonly event: AnyEvent;
  /** How often the queue has delivered it, as `bus.deliver` was told. */
  readonly attempt: number;
}
/** What an observer may put on an event. */
export interface TraceContext {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/**
 * Sees what a bus does: tracing, an inspector, a test recorder. It changes nothing but the trace context of events.
 * What it throws is reported to `onError` (`HOOK_FAILED`). A wrapper calls its `run` once, before it returns; where it
 * doesn't, the bus does.
 *
 * @example
 * ```ts
 * import type { EventObserver } from 'trpc-events';
 *
 * const timing: EventObserver = {
 *   name: 'timing',
 *   async wrapAttempt({ listener }, run) {
 *     const start = performance.now();
 *     const outcome = await run();
 *     metrics.record(listener, performance.now() - start, outcome.ok);
 *   },
 * };
 * ```
 */
export interface EventObserver {
  readonly name: string;
  scopeOpened?(scope: ScopeInfo): void;
  scopeSettled?(scope: ScopeInfo, outcome: Outcome): void;
  /** The HTTP response of the call has been sent, or its client has gone. Only where the defer strategy can tell. */
  responseSent?(scope: ScopeInfo): void;
  /** Synchronous, within the dispatch. What it returns is put on the event, where no earlier observer did. */
  dispatched?(event: AnyEvent, info: DispatchInfo): TraceContext | void;
  discarded?(event: AnyEvent, info: { readonly reason: DiscardReason }): void;
  /** No handler took the event. */
  unhandled?(event: AnyEvent): void;
  /** An attempt has failed, and the next one begins after `delay` ms. */
  backedOff?(attempt: AttemptInfo, info: { readonly error: unknown; readonly delay: number }): void;
  /** An error was reported. */
  errored?(
    error: EventsError,
    info: {
      readonly event: AnyEvent | undefined;
      readonly listener: string | undefined;
      /** Of the listener; 0 where there was no time left for one. */
      readonly attempt: number | undefined;
    },
  ): void;
  wrapFlush?(info: { readonly events: readonly AnyEvent[] }, run: RunStep): void | Promise<void>;
  wrapAttempt?(info: AttemptInfo, run: RunStep): void | Promise<void>;
  wrapSend?(info: SendInfo, run: RunStep): void | Promise<void>;
  wrapDelivery?(info: DeliveryInfo, run: RunStep): void | Promise<void>;
}
