import type { AnyApp } from '../../core/types/app.ts';
import type { BusOptions } from '../../core/types/bus-options.ts';
import type { AnyHandler } from '../../core/types/handler.ts';
import type { CheckedPatterns, Patterns } from '../../core/types/select.ts';
import type { Codec } from '../../wire/codec.ts';

/** Faults that `testBus` provokes. All of them can be combined. */
export interface Faults<T extends AnyApp, P = Patterns<T>> {
  /**
   * Limits who gets events: nobody (`false`), only listeners and handlers with these names, or everyone, but only these
   * events. An event that is kept from its listeners counts as handled, never as unhandled. Default: no limit.
   */
  only?: false | string | readonly string[] | { readonly events: CheckedPatterns<T, P> } | undefined;
  /**
   * Encodes and decodes each event and delivers the result, as a queue does: an event that can't travel fails, payload
   * and meta are checked again, and ctx comes from `createContext`. `true` means `cloudEvents()`. An event that a
   * forwarder takes without `local: true` goes only there. Failures of listeners are reported, not returned by `publish`.
   * Default: false.
   */
  throughCodec?: boolean | Codec | undefined;
  /**
   * Delivers each event again when its first delivery is done, as a queue may. Failures of listeners are reported, not
   * returned by `publish`. Default: false.
   */
  deliverTwice?: boolean | undefined;
  /** Share of attempts that fail before they begin, from 0 to 1. Only `seed` decides which ones. Default: 0. */
  failRate?: number | undefined;
  /** The whole number that decides which attempts fail. Default: a random one, which is printed if there is a `failRate`. */
  seed?: number | undefined;
  /**
   * Keeps the events of calls until `release()`, `drain()` or `close()`, whatever `defer` says. The events of
   * `bus.publish` and `bus.scope` are not kept. Default: false.
   */
  hold?: boolean | undefined;
}

/** Options of `testBus`: the options of `e.bus`, and faults. */
export type TestBusOptions<T extends AnyApp, H extends readonly AnyHandler[], P> = BusOptions<T, H> & {
  faults?: Faults<T, P> | undefined;
};

/** Members that `testBus` adds to a bus. */
export interface TestControls {
  /** Flushes the events that `hold` keeps. Resolves when they and everything that they chain are handled. */
  release(): Promise<void>;
  /** The seed that this bus uses. Pass it as `faults.seed`, and the same attempts fail again. */
  readonly seed: number;
}

/** The parts of a builder that `testBus` needs. The builder may come from another copy of this package. */
export interface AnyBuilder {
  /** Types only. */
  readonly '~types': AnyApp;
  bus(options: never): object;
}
