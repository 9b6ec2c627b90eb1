import type { AnyApp } from '../../core/types/app.ts';
import type { BusOptions } from '../../core/types/bus.ts';
import type { AnyHandler } from '../../core/types/handler.ts';
import type { CheckedPatterns, Patterns } from '../../core/types/select.ts';
import type { Codec } from '../../wire/codec.ts';

/** What `testBus` provokes. All may be put together. */
export interface Faults<T extends AnyApp, P = Patterns<T>> {
  /**
   * Who gets events: nobody (`false`), the listeners and handlers of these names, or all, but these events alone. What
   * they take and don't get counts as handled, and never as unhandled.
   */
  only?: false | string | readonly string[] | { readonly events: CheckedPatterns<T, P> } | undefined;
  /**
   * Encodes and decodes each event, and delivers what comes of it, as a queue does: what can't travel fails, payload and
   * meta are checked again, and ctx comes from `createContext`. `true`: by `cloudEvents()`. What a forwarder takes for
   * the queue alone stays with that. What fails is reported, and is none of the `failures` of `publish`.
   */
  throughCodec?: boolean | Codec | undefined;
  /** Delivers each event a second time when the first delivery is done, as a queue may do. What fails then is reported, and is none of the `failures` of `publish`. */
  deliverTwice?: boolean | undefined;
  /** The share of attempts that fail before they begin, from 0 to 1: which ones depends on `seed` alone. */
  failRate?: number | undefined;
  /** A whole number. Default: a random one, which is printed where there is a `failRate`. */
  seed?: number | undefined;
  /**
   * Keeps what calls dispatch until `release()`, whatever `defer` says, or until `drain()` or `close()`. `bus.publish` and
   * `bus.scope` hold nothing back.
   */
  hold?: boolean | undefined;
}

/** What `testBus` takes: the options of `e.bus`, and faults. */
export type TestBusOptions<T extends AnyApp, H extends readonly AnyHandler[], P> = BusOptions<T, H> & {
  faults?: Faults<T, P> | undefined;
};

/** What a bus of `testBus` has beside what a bus has. */
export interface TestControls {
  /** Flushes what `hold` keeps, and resolves when that, and all that it chains, is handled. */
  release(): Promise<void>;
  /** By which the same attempts fail again. */
  readonly seed: number;
}

/** All that `testBus` needs of a builder, which may be one of another copy of this package. */
export interface AnyBuilder {
  /** Types only. */
  readonly '~types': AnyApp;
  bus(options: never): object;
}
