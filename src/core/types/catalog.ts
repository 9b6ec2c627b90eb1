import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TypedEvent } from './event.ts';
import type { PrefixPatterns } from './pattern.ts';

/**
 * The schema that `unchecked` returns. This package has its own type for it, because declarations that users emit can't
 * name a type of a package that is not among their dependencies.
 */
export interface UncheckedSchema<T> extends StandardSchemaV1<T, T> {}

/** The events of an application: payload schemas by event name. */
export type EventShape = Record<string, StandardSchemaV1>;

declare const eventValue: unique symbol;
/** An event name with a validated payload: `dispatch` takes it in place of a name and a payload. */
export interface EventValue<TName extends string = string, TPayload = unknown> {
  readonly name: TName;
  readonly payload: TPayload;
  /** Types only: a plain object is not accepted as a validated one. */
  readonly [eventValue]: true;
}

/** The payload argument, which may be left out if it may be `undefined`. */
export type PayloadArgs<TInput> = undefined extends TInput ? [payload?: TInput] : [payload: TInput];

/** The result of `defineEvent`: a function that makes event values, with the event's `name` and `schema`. */
export interface EventDefinition<
  TName extends string = string,
  TSchema extends StandardSchemaV1 = StandardSchemaV1,
> {
  (
    ...args: PayloadArgs<StandardSchemaV1.InferInput<TSchema>>
  ): EventValue<TName, StandardSchemaV1.InferOutput<TSchema>>;
  readonly name: TName;
  readonly schema: TSchema;
}
/** The definition of any event. */
export interface AnyEventDefinition {
  (...args: never): EventValue;
  readonly name: string;
  readonly schema: StandardSchemaV1;
}

/** `T` without `readonly`: a schema with `.readonly()` accepts its own output, though its input type is mutable. */
type Mutable<T> = T extends (...args: never) => unknown
  ? T
  : T extends readonly unknown[]
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T extends object
      ? { [K in keyof T]: Mutable<T[K]> }
      : T;

/**
 * The types of a catalog. This is an interface so that each member is computed once per catalog: a `keyof` that is
 * written out in a signature is computed at every call.
 */
export interface CatalogTypes<TShape extends EventShape> {
  name: keyof TShape & string;
  input: { [K in keyof TShape & string]: StandardSchemaV1.InferInput<TShape[K]> };
  output: { [K in keyof TShape & string]: StandardSchemaV1.InferOutput<TShape[K]> };
  event: { [K in keyof TShape & string]: TypedEvent<K, StandardSchemaV1.InferOutput<TShape[K]>> };
  /** The event's name, if its schema would reject its own output. Computed only for events that a forwarder selects. */
  oneWay: {
    [K in keyof TShape & string]: [StandardSchemaV1.InferOutput<TShape[K]>] extends [
      StandardSchemaV1.InferInput<TShape[K]>,
    ]
      ? never
      : [Mutable<StandardSchemaV1.InferOutput<TShape[K]>>] extends [StandardSchemaV1.InferInput<TShape[K]>]
        ? never
        : K;
  };
  /** The patterns that editors suggest. */
  suggestion: '*' | (keyof TShape & string) | PrefixPatterns<keyof TShape & string>;
}

/** The types of any catalog. */
export interface AnyCatalogTypes {
  name: string;
  input: Record<string, any>;
  output: Record<string, any>;
  event: Record<string, any>;
  oneWay: Record<string, any>;
  suggestion: string;
}

/** The events of an application, as `defineEvents` returns them. */
export interface Catalog<TShape extends EventShape> {
  readonly shape: TShape;
  /** Types only. */
  readonly '~types': CatalogTypes<TShape>;
}

/** Any catalog. */
export interface AnyCatalog {
  readonly shape: EventShape;
  readonly '~types': AnyCatalogTypes;
}

/** Schemas by event name, or definitions under keys without meaning: `{ userCreated }`, or a module's namespace. */
export type EventsObject = Record<string, StandardSchemaV1 | AnyEventDefinition>;

/**
 * The schemas by event name. With a list, the compiler's cost for each event grows with the length of the list, because
 * a tuple carries all its items as type arguments. An object literal carries none.
 */
export type ShapeOf<TEvents extends EventsObject | readonly AnyEventDefinition[]> = TEvents extends EventShape
  ? NamedByStrings<TEvents>
  : TEvents extends readonly AnyEventDefinition[]
    ? { [D in TEvents[number] as `${D['name']}`]: D['schema'] }
    : {
        [
          K in keyof TEvents & string as `${TEvents[K] extends AnyEventDefinition ? TEvents[K]['name'] : K}`
        ]: TEvents[K] extends AnyEventDefinition
          ? TEvents[K]['schema']
          : Extract<TEvents[K], StandardSchemaV1>;
      };
/** The shape, with enum members replaced by their strings. A shape without any is kept: mapping a large one is slow. */
type NamedByStrings<TShape extends EventShape> = `${keyof TShape & string}` extends keyof TShape
  ? TShape
  : { [K in keyof TShape & string as `${K}`]: TShape[K] };
