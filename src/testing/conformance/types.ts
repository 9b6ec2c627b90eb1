import type { AnyHandler } from '../../core/types/handler.ts';

/** An event that the suite dispatches. */
export interface SampleEvent {
  readonly name: string;
  readonly payload?: unknown;
}

/** Promises of a handler beyond the contract of `EventHandler`. The suite proves only those that are declared. */
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

/** Ways for the suite to see what a handler does, and to make it fail. Cases are skipped if they need a missing one. */
export interface ConformanceOptions<H extends AnyHandler = AnyHandler> {
  /**
   * Makes the `n`th event to send, counted from 0, with at least `bytes` bytes in its payload. The handler's `events`
   * must select it. Default: `thing.happened`, with `{ n, at, text }`.
   */
  event?: ((n: number, bytes: number) => SampleEvent) | undefined;
  /** Returns the ids of the events handled until now, in order, with a list for events that were sent at once. Default: none. */
  received?:
    | ((
        handler: H,
      ) => readonly (string | readonly string[])[] | PromiseLike<readonly (string | readonly string[])[]>)
    | undefined;
  /** Called before the event with this id is handled: make the handler fail on it. Default: none. */
  fail?: ((handler: H, id: string) => void) | undefined;
  /** Called before the event with this id is handled: its handling must not end until the returned function runs. Default: none. */
  hold?: ((handler: H, id: string) => () => void) | undefined;
  /** The promises of the handler beyond its contract. Default: none. */
  capabilities?: HandlerCapabilities | undefined;
  /** Time limit of a case, in ms. Default: 10,000, which is more than most runners give a test. */
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
