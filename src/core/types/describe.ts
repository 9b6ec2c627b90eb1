import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { RetryOptions } from './delivery.ts';
import type { When } from './dispatch.ts';

/** The version of JSON Schema in which payloads are described. arktype doesn't know the last one. */
export type JsonSchemaTarget = 'draft-07' | 'draft-2020-12' | 'openapi-3.0';

/** The options of `bus.describe`. */
export interface DescribeOptions {
  /** The version of JSON Schema. Default: `'draft-07'`. */
  target?: JsonSchemaTarget | undefined;
  /**
   * Returns the JSON Schema of a schema that has no Standard JSON Schema: plain valibot, zod before 4.2, `unchecked`. Not
   * called for others. If it throws, or returns no object, the event has a `reason` and no `schema`. Default: none.
   */
  jsonSchema?: ((schema: StandardSchemaV1, name: string) => object | undefined) | undefined;
}

/** One event of the catalog. */
export interface EventDescription {
  /** The name of the event. */
  readonly name: string;
  /** The schema library: `'zod'`, `'valibot'`, `'arktype'`, … */
  readonly vendor: string;
  /**
   * The payload as listeners get it, as JSON Schema, written as `cloudEvents` writes it: a Date is a text of the format
   * `date-time`, a bigint a text, a Map a list of pairs, a Set a list. A part that JSON Schema can't describe is
   * `{}`, and the schema of an event without payload is `{ not: {} }`, because its message has no `data`.
   */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Why there is no `schema`. */
  readonly reason?: string;
  /**
   * False if the schema names a value that no message can hold: a symbol, a function, a promise, a file, an Error or a
   * RegExp. True promises nothing: what classes and transformations return can't be seen, and whether a schema accepts
   * its own output is for the compiler to say.
   */
  readonly travels: boolean;
  /** True if the schema accepts `undefined` and leaves it so. The message of such a payload has no `data`. */
  readonly optional: boolean;
  /** The names of the listeners and handlers that select it. */
  readonly takenBy: readonly string[];
}

/** One listener of a router, or one handler. */
export interface ListenerDescription {
  /** The name of the listener or handler. */
  readonly name: string;
  /** True if the name was given. A derived one may change when another listener is registered. */
  readonly isNamed: boolean;
  /** The kind: a listener of a router, a handler, or a forwarder. */
  readonly kind: 'listener' | 'handler' | 'forwarder';
  /** The patterns that it was registered with. */
  readonly patterns: readonly string[];
  /** The names of the events that the patterns select. */
  readonly events: readonly string[];
  /** The `retry` of the listener. Left out if there is only one attempt. */
  readonly retry?: Readonly<Required<RetryOptions>>;
  /** The `timeout` of the listener, in ms. Left out if it has none. */
  readonly timeout?: number;
  /** The `concurrency` of the listener. Left out if it has none. */
  readonly concurrency?: number;
  /** True for a forwarder. */
  readonly remote: boolean;
  /** The forwarder's `local`. Left out if it was not given. */
  readonly local?: boolean;
  /** True for a handler that only watches. */
  readonly passive: boolean;
}

/** The options of a bus. */
export interface OptionsDescription {
  /** The name of the defer strategy. */
  readonly defer: string;
  /** The `when` of dispatches that give none. */
  readonly when: When;
  /** The reaction to an event that no handler takes. */
  readonly unhandled: 'warn' | 'ignore' | 'error';
  /** The limits that apply. */
  readonly limits: { readonly perScope: number; readonly pending: number; readonly depth: number };
  /** False if `bus.enabled` or `TRPC_EVENTS_DISABLED` suppresses flushing. */
  readonly enabled: boolean;
  /** True if `createContext` was given. */
  readonly createContext: boolean;
  /** True if `deadLetter` was given. */
  readonly deadLetter: boolean;
  /** True if `meta` was given. */
  readonly meta: boolean;
}

/** The wiring of a bus at one moment, as plain JSON. */
export interface BusDescription {
  /** The version of JSON Schema in `events`. */
  readonly target: JsonSchemaTarget;
  /** The events, in the order of the catalog. */
  readonly events: readonly EventDescription[];
  /** The listeners and handlers, in the order of `handlers` and of registration. */
  readonly listeners: readonly ListenerDescription[];
  /** The options of the bus, with their defaults. */
  readonly options: OptionsDescription;
}

/** The part of a bus that describes its wiring. */
export interface Describable {
  /**
   * Describes the wiring of this moment as plain JSON: the events with their JSON Schemas, the listeners and handlers,
   * and the options. A listener that is registered later shows in the next description.
   *
   * @throws EventsError `BAD_OPTION`
   *
   * @example
   * ```ts
   * const { events } = bus.describe();
   * const idle = events.filter(({ takenBy }) => takenBy.length === 0).map(({ name }) => name);
   * ```
   */
  describe(options?: DescribeOptions): BusDescription;
}
