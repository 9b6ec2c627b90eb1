import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TypedEvent } from './event.ts';
import type { PrefixPatterns } from './pattern.ts';

/**
 * What `unchecked` gives. A type of our own, since declarations that users emit could not name that of a package which
 * is not among their dependencies.
 */
export interface UncheckedSchema<T> extends StandardSchemaV1<T, T> {}

/** The events of an application: name to schema of the payload. */
export type EventShape = Record<string, StandardSchemaV1>;

declare const eventValue: unique symbol;
/** A validated payload under its name: what `dispatch` takes instead of a name and a payload. */
export interface EventValue<TName extends string = string, TPayload = unknown> {
  readonly name: TName;
  readonly payload: TPayload;
  /** Types only: keeps a plain object from being taken for a validated one. */
  readonly [eventValue]: true;
}

/** A payload that may be `undefined` may be left out. */
export type PayloadArgs<TInput> = undefined extends TInput ? [payload?: TInput] : [payload: TInput];

/** What `defineEvent` gives: a function that makes event values, and the schema under its name. */
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
/** A definition of whatever event. */
export interface AnyEventDefinition {
  (...args: never): EventValue;
  readonly name: string;
  readonly schema: StandardSchemaV1;
}

/** Arrays that a schema's `.readonly()` has marked are as good as others where a schema is asked whether it would take its own output. */
type Mutable<T> = T extends (...args: never) => unknown
  ? T
  : T extends readonly unknown[]
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T extends object
      ? { [K in keyof T]: Mutable<T[K]> }
      : T;

/**
 * The types of a catalog. An interface, so that each member is computed once a catalog: `keyof` written out in a
 * signature is computed at every call.
 */
export interface CatalogTypes<TShape extends EventShape> {
  name: keyof TShape & string;
  input: { [K in keyof TShape & string]: StandardSchemaV1.InferInput<TShape[K]> };
  output: { [K in keyof TShape & string]: StandardSchemaV1.InferOutput<TShape[K]> };
  event: { [K in keyof TShape & string]: TypedEvent<K, StandardSchemaV1.InferOutput<TShape[K]>> };
  /** The name, where the schema wouldn't take its own output. Computed for the events that a forwarder selects, only. */
  oneWay: {
    [K in keyof TShape & string]: [StandardSchemaV1.InferOutput<TShape[K]>] extends [
      StandardSchemaV1.InferInput<TShape[K]>,
    ]
      ? never
      : [Mutable<StandardSchemaV1.InferOutput<TShape[K]>>] extends [StandardSchemaV1.InferInput<TShape[K]>]
        ? never
        : K;
  };
  /** What an editor offers for a pattern. */
  suggestion: '*' | (keyof TShape & string) | PrefixPatterns<keyof TShape & string>;
}

/** The types of whatever catalog. */
export interface AnyCatalogTypes {
  name: string;
  input: Record<string, any>;
  output: Record<string, any>;
  event: Record<string, any>;
  oneWay: Record<string, any>;
  suggestion: string;
}

/** The events of an application, as `defineEvents` gives them. */
export interface Catalog<TShape extends EventShape> {
  readonly shape: TShape;
  /** Types only. */
  readonly '~types': CatalogTypes<TShape>;
}

/** Whatever catalog. */
export interface AnyCatalog {
  readonly shape: EventShape;
  readonly '~types': AnyCatalogTypes;
}

/** Schemas under their events' names, or definitions under keys that mean nothing: `{ userCreated }`, or a module's namespace. */
export type EventsObject = Record<string, StandardSchemaV1 | AnyEventDefinition>;

/**
 * The schemas by name. Looking at one event of a list costs as much as the list is long, since a tuple carries all its
 * items as type arguments; an object literal carries nothing.
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
/** Members of an enum become their strings. A shape without any stays itself: to map a large one costs. */
type NamedByStrings<TShape extends EventShape> = `${keyof TShape & string}` extends keyof TShape
  ? TShape
  : { [K in keyof TShape & string as `${K}`]: TShape[K] };
