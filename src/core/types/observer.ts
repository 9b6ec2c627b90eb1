import type { EventsError } from '../words/errors.ts';
import type { When } from './dispatch.ts';
import type { DeadLetter, DeliverOptions, Delivery, MessageOrigin } from './delivery.ts';
import type { Describable } from './describe.ts';
import type { AnyEvent, Envelope } from './event.ts';

/** A scope as observers see it. There is one object per scope, so you can use it as a key. */
export interface ScopeInfo {
  /** An id that is unique in the process. */
  readonly id: string;
  /** `'call'` for a procedure call or a call that `withEvents` wraps, `'scope'` for `bus.scope` and `e.scope`. */
  readonly kind: 'call' | 'scope';
  /** The procedure's path, or the `path` option of `withEvents`. */
  readonly path: string | undefined;
  /** The type of the procedure; `undefined` if the scope is not a procedure call. */
  readonly type: 'query' | 'mutation' | 'subscription' | undefined;
  /** The position of the call in its batch (tRPC 11.13 and later). */
  readonly batchIndex: number | undefined;
  /** The enclosing scope. */
  readonly parent: ScopeInfo | undefined;
  /** The attempt of a listener that the scope runs in. */
  readonly attempt: AttemptInfo | undefined;
  /** The name of the strategy that decides when the events are flushed. */
  readonly defer: string;
}

/** An attempt of a listener, or a call of a handler. There is one object per attempt. */
export interface AttemptInfo {
  /** An id that is unique in the process. */
  readonly id: string;
  /** The name of the listener or handler. */
  readonly listener: string;
  /** The kind of what runs: a listener of a router, a handler, or a forwarder. */
  readonly kind: 'listener' | 'handler' | 'forwarder';
  /** The event, or the first event in a call of `handleMany`. */
  readonly event: AnyEvent;
  /** All events of a call of `handleMany`, else only `event`. */
  readonly events: readonly AnyEvent[];
  /** The number of the attempt: 1 for the first. */
  readonly attempt: number;
  /** How many attempts there may be. */
  readonly attempts: number;
}

/** Why a flush begins now. */
export type FlushOrigin =
  /** A call has settled, or its response was sent. */
  | 'call'
  /** A stream has yielded or ended. */
  | 'stream'
  /** An event was dispatched after its scope had settled. */
  | 'late'
  /** The function of `bus.scope` has returned. */
  | 'scope'
  /** `bus.publish` was called. */
  | 'publish'
  /** A listener has dispatched, and succeeded. */
  | 'chain'
  /** `bus.deliver` was called. */
  | 'queue';

/** A flush. */
export interface FlushInfo {
  /** The events of the flush, in the order of their dispatch. */
  readonly events: readonly AnyEvent[];
  /** The scope that has settled, if the flush is that of a call, a stream or a `bus.scope`. */
  readonly scope: ScopeInfo | undefined;
  /** Why the flush begins now. */
  readonly origin: FlushOrigin;
}

/** The circumstances of a dispatch: its `when`, its scope, and the attempt that it happened in. */
export interface DispatchInfo {
  /** The `when` of the dispatch, with the default of the bus. */
  readonly when: When;
  /** The scope that the event was dispatched in; `undefined` for `publish`. */
  readonly scope: ScopeInfo | undefined;
  /** The attempt that dispatched the event, if a listener did. */
  readonly attempt: AttemptInfo | undefined;
}

/** Why an event was dropped: the outcome that didn't suit its `when`, or `'disabled'` if the bus is disabled. */
export type DiscardReason = 'failed' | 'succeeded' | 'enclosing-failed' | 'attempt-failed' | 'disabled';

/** A failure in a flush, in a delivery, or in a call of `handleMany`. */
export interface OutcomeFailure {
  /** The listener; `undefined` in a call of `handleMany`, or if no handler takes the event. */
  readonly listener?: string | undefined;
  /** The id of the event. */
  readonly id: string;
  /** The error, as listeners or handlers threw it or as the package reports it. */
  readonly error: unknown;
}
/** The outcome of a scope or of a wrapped step. `error` is that of the first failure if several are listed. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: unknown; readonly failures?: readonly OutcomeFailure[] };
/** Runs the step that an observer wraps; never rejects. Call it once, before the wrapper returns. */
export type RunStep = () => Promise<Outcome>;

/** A call to a broker. */
export interface SendInfo {
  /** The name of the handler that sends. */
  readonly forwarder: string;
  /** The kind of broker, as OpenTelemetry names it: `'aws.sqs'`, `'gcp.pubsub'`. */
  readonly system: string;
  /** The name of the queue or the topic. */
  readonly destination: string;
  /** The events that the call sends. */
  readonly events: readonly AnyEvent[];
}
/** An event that came from a queue. */
export interface DeliveryInfo {
  /** The event, checked. */
  readonly event: AnyEvent;
  /** How often the queue has delivered the event: the `attempt` option of `bus.deliver`. */
  readonly attempt: number;
  /** The queue that the message came from, if `bus.deliver` was told. */
  readonly from: MessageOrigin | undefined;
  /** The only listeners that get the event, if `bus.deliver` was told. */
  readonly listener: string | readonly string[] | undefined;
}
/** The bus that an observer was attached to. */
export interface ObservedBus extends Describable {
  /** The number of events that are deferred, waiting or running. */
  readonly pending: number;
  /** See `bus.deliver`. */
  deliver(envelope: Envelope, options?: DeliverOptions): Promise<Delivery>;
  /** See `bus.publish`. */
  publish(event: string, payload?: unknown, options?: { key?: string; meta?: object }): Promise<Delivery>;
}
/** The trace context that an observer may put on an event. */
export interface TraceContext {
  /** The header `traceparent` of the W3C. */
  readonly traceparent?: string | undefined;
  /** The header `tracestate` of the W3C. */
  readonly tracestate?: string | undefined;
}

/**
 * Sees what a bus does, for tracing, an inspector or a test recorder. An observer changes only the trace context of
 * events. If it throws, `HOOK_FAILED` is reported to `onError`: at once, then at most once a minute, with a count. A
 * wrapper must call its `run` once, before it returns; if it doesn't, the bus calls it. Each wrapper gets the bus that
 * `attached` got, so that an observer of several buses can tell them apart.
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
  /** The name of the observer, which the message of `HOOK_FAILED` shows. */
  readonly name: string;
  /**
   * Called when the observer is attached to a bus: at once for the `observers` option. The function that it returns is
   * called when the observer is removed, or the bus has closed.
   */
  attached?(bus: ObservedBus): (() => void) | void;
  /** Called when a call, `bus.scope` or `e.scope` begins. */
  scopeOpened?(scope: ScopeInfo): void;
  /** Called when a scope has succeeded or failed, before its events are flushed. */
  scopeSettled?(scope: ScopeInfo, outcome: Outcome): void;
  /** Called once per call when its response was sent or its client has gone, if that can be known. */
  responseSent?(scope: ScopeInfo): void;
  /**
   * Called when a call has settled, and it can't be known when its response is sent. `isDirect` is true if the call has no
   * abort signal, like a direct call. Others came over a WebSocket, or from a server that doesn't tell. Called only
   * if an observer has `responseSent`, which may still be called because of a defer strategy.
   */
  responseUnknown?(scope: ScopeInfo, info: { readonly isDirect: boolean }): void;
  /** Called synchronously within the dispatch. The result is put on the event, unless an earlier observer gave one. */
  dispatched?(event: AnyEvent, info: DispatchInfo): TraceContext | void;
  /** Called for each event that was dropped. */
  discarded?(event: AnyEvent, info: { readonly reason: DiscardReason }): void;
  /** Called when no handler took the event. */
  unhandled?(event: AnyEvent): void;
  /** Called when an attempt has failed and the next one begins after `delay` ms. */
  backedOff?(attempt: AttemptInfo, info: { readonly error: unknown; readonly delay: number }): void;
  /** Called when a listener has failed for good, whether the bus has a `deadLetter` option or not. */
  deadLettered?(letter: DeadLetter): void;
  /** Called when `bus.deliver` has refused a message. */
  refused?(
    error: EventsError,
    info: {
      readonly from: MessageOrigin | undefined;
      /** The id and the name that the message gives its event, if they are texts. They are not checked. */
      readonly id: string | undefined;
      readonly name: string | undefined;
    },
  ): void;
  /** Called when an error was reported, unless an observer threw it. */
  errored?(
    error: EventsError,
    info: {
      readonly event: AnyEvent | undefined;
      readonly listener: string | undefined;
      /** The number of the listener's attempt; 0 if there was no time left for one. */
      readonly attempt: number | undefined;
    },
  ): void;
  /** Wraps a flush. `run` resolves when all its events are handled. */
  wrapFlush?(info: FlushInfo, run: RunStep, bus: ObservedBus): void | Promise<void>;
  /** Wraps one attempt of a listener, or one call of a handler. */
  wrapAttempt?(info: AttemptInfo, run: RunStep, bus: ObservedBus): void | Promise<void>;
  /** Wraps one call to a broker, which a forwarder makes through `send`. */
  wrapSend?(info: SendInfo, run: RunStep, bus: ObservedBus): void | Promise<void>;
  /** Wraps `bus.deliver`. `run` resolves when the event and everything that it led to are handled. */
  wrapDelivery?(info: DeliveryInfo, run: RunStep, bus: ObservedBus): void | Promise<void>;
}
