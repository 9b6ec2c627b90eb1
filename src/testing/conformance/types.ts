import type { AnyHandler } from '../../core/types/handler.ts';

/** An event that the suite dispatches. */
export interface SampleEvent {
  readonly name: string;
  readonly payload?: unknown;
}

/** Guarantees of a handler beyond the contract of `EventHandler`. The suite tests only those that are declared. */
export interface HandlerCapabilities {
  /**
   * True if events of one `key` are handled in order, even in overlapping flushes. Needs `hold` and `received`. Default:
   * false.
   */
  ordered?: boolean | undefined;
  /**
   * True if the handler ends its work when its `signal` aborts, as `close` does when it runs out of time. Needs `hold`.
   * Default: false.
   */
  abortable?: boolean | undefined;
  /** True if every event goes through `send`, once. Default: false. */
  sends?: boolean | undefined;
  /** Maximum number of events that the handler sends at once. Needs `received`. Default: no limit. */
  maxBatch?: number | undefined;
  /** Maximum bytes of a payload: the handler fails on an event with more. Default: no limit. */
  maxBytes?: number | undefined;
}

/** The options that let the suite see what a handler does, and make it fail. A case that needs a missing one is skipped. */
export interface ConformanceOptions<H extends AnyHandler = AnyHandler> {
  /**
   * Makes the `n`th event to send, counted from 0, with at least `bytes` bytes in its payload. The handler's `events`
   * must select it. Default: `thing.happened`, with `{ n, at, text }`.
   */
  event?: ((n: number, bytes: number) => SampleEvent) | undefined;
  /**
   * Returns the ids of the events that the handler has handled so far, in order. Events that were sent as one batch stand
   * in a list of their own. May return a promise. Default: none.
   */
  received?:
    | ((
        handler: H,
      ) => readonly (string | readonly string[])[] | PromiseLike<readonly (string | readonly string[])[]>)
    | undefined;
  /** Makes the handler fail on the event with this id. Called before that event is handled. Default: none. */
  fail?: ((handler: H, id: string) => void) | undefined;
  /**
   * Keeps the handler from ending the event with this id until the function that it returns is called. Called before
   * that event is handled. Default: none.
   */
  hold?: ((handler: H, id: string) => () => void) | undefined;
  /** The guarantees of the handler beyond its contract. Default: none. */
  capabilities?: HandlerCapabilities | undefined;
  /** How long a case may take, in ms. Give your test runner more, or it ends the case first. Default: 10,000. */
  timeout?: number | undefined;
}

/** A case of the suite, for any test runner. */
export interface ConformanceCase {
  /** Says what the case proves. If the case is skipped, the reason is included. */
  readonly name: string;
  /** The reason why the case is skipped, if it is: `run` then resolves at once. */
  readonly skip: string | undefined;
  /** Runs the case. Rejects with an Error that says what the handler did wrong. */
  run(): Promise<void>;
}
