import type { AnyHandler } from '../../core/types/handler.ts';

/** An event that the suite dispatches. */
export interface SampleEvent {
  readonly name: string;
  readonly payload?: unknown;
}

/** What a handler says of itself beyond the contract of `EventHandler`. What is not declared is not proved. */
export interface HandlerCapabilities {
  /** Events of one `key` are handled in their order, though they are of flushes that overlap. Needs `hold`. */
  ordered?: boolean | undefined;
  /** It ends what it does when its `signal` aborts. Needs `hold`. */
  abortable?: boolean | undefined;
  /** The most events that it sends at once. */
  maxBatch?: number | undefined;
  /** It refuses, as a failure, an event whose payload has more bytes than this. */
  maxBytes?: number | undefined;
}

/** How the suite sees what a handler does, and lets it fail. What is left out, skips the cases that need it. */
export interface ConformanceOptions<H extends AnyHandler = AnyHandler> {
  /**
   * The events to send: the `n`th one, from 0 on, with `bytes` bytes and more in its payload. The handler's `events` must
   * select it. Default: `thing.happened`, with `{ n, at, text }`.
   */
  event?: ((n: number, bytes: number) => SampleEvent) | undefined;
  /** The ids of the events that it has handled by now, in their order; a list, for those that it sent at once. */
  received?:
    | ((
        handler: H,
      ) => readonly (string | readonly string[])[] | PromiseLike<readonly (string | readonly string[])[]>)
    | undefined;
  /** Called before the event of this id is handled: the handler shall not be able to. */
  fail?: ((handler: H, id: string) => void) | undefined;
  /** Called before the event of this id is handled: that shall not end before the function that is given back is called. */
  hold?: ((handler: H, id: string) => () => void) | undefined;
  capabilities?: HandlerCapabilities | undefined;
  /** How long a case may take, in ms. Default: 10,000, which is more than what most runners give a test. */
  timeout?: number | undefined;
}

/** One case of the suite, for whatever test runner. */
export interface ConformanceCase {
  /** What is proved; where it is skipped, with the reason. */
  readonly name: string;
  /** Why it is skipped: then `run` resolves at once. */
  readonly skip: string | undefined;
  /** Rejects with an Error that says what the handler did. */
  run(): Promise<void>;
}
