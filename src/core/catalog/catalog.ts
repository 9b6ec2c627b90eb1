import type { StandardSchemaV1 } from '@standard-schema/spec';
import type {
  AnyEventDefinition,
  Catalog,
  EventDefinition,
  EventShape,
  EventsObject,
  EventValue,
  ShapeOf,
  UncheckedSchema,
} from '../types/catalog.ts';
import { EventsError } from '../words/errors.ts';
import { isObject } from '../words/guards.ts';
import { quote } from '../words/quote.ts';
import { closest } from '../words/suggest.ts';
import { isName } from './pattern.ts';
import { assertSchema, isSchema, validate } from './schema.ts';
import { copyPayload } from './snapshot.ts';

/** Marks event values, in all copies of this package, with the schema that validated them. */
const VALUE = Symbol.for('trpc-events.value.1');

/** Returns true if a definition made the value. */
export function isEventValue(value: unknown): value is EventValue {
  return isObject(value) && VALUE in value;
}

/** Returns the payload of an event value. It is validated and copied again only if another schema made the value. */
export function payloadOf(value: EventValue, schema: StandardSchemaV1): unknown {
  const { name, payload, [VALUE]: made } = value as EventValue & { [VALUE]?: unknown };
  return made === schema ? payload : copyPayload(validate(schema, payload, name), name);
}

/**
 * Defines an event as a value, for code that has no ctx. The payload is validated when the value is made, and not again
 * when it is dispatched.
 *
 * @throws EventsError `BAD_CATALOG`; the returned function throws `INVALID_PAYLOAD`
 *
 * @example
 * ```ts
 * import { defineEvent, defineEvents } from 'trpc-events';
 *
 * export const userCreated = defineEvent('user.created', z.object({ id: z.string(), email: z.email() }));
 * export const catalog = defineEvents({ userCreated });
 * ctx.dispatch(userCreated({ id, email }));
 * ```
 */
export function defineEvent<TName extends string, TSchema extends StandardSchemaV1>(
  name: TName,
  schema: TSchema,
): EventDefinition<TName, TSchema> {
  assertName(name);
  assertSchema(schema, quote(name));
  const make = (input?: unknown) => {
    const output = validate(schema, input, name);
    const value = { name, payload: copyPayload(output, name) };
    return Object.freeze(Object.defineProperty(value, VALUE, { value: schema }));
  };
  const definition = Object.defineProperties(make, { name: { value: name }, schema: { value: schema } });
  return definition as unknown as EventDefinition<TName, TSchema>;
}

/**
 * Defines the events of an application. Takes schemas by event name, definitions under keys that have no meaning
 * (`{ userCreated }`, or a module's namespace), or both; or a list of definitions. Names may be enum members. Schemas
 * are Standard Schemas that validate synchronously. Merge catalogs by their shapes:
 * `defineEvents({ ...userEvents.shape, ...orderEvents.shape })`.
 *
 * @throws EventsError `BAD_CATALOG` for a bad name, two events with the same name, or a value that is not a schema
 *
 * @example
 * ```ts
 * import { defineEvents, unchecked } from 'trpc-events';
 *
 * export const catalog = defineEvents({
 *   'user.created': z.object({ id: z.string(), email: z.email() }),
 *   'cache.cleared': z.void(),
 *   'cat.spotted': unchecked<{ where: string }>(),
 * });
 * ```
 */
export function defineEvents<TEvents extends EventsObject | readonly AnyEventDefinition[]>(
  events: TEvents,
): Catalog<ShapeOf<TEvents>> {
  if (!isObject(events)) {
    throw bad(`defineEvents takes schemas by name, or definitions, not ${quote(events)}.`);
  }
  // The shape has no prototype, so that `__proto__` is a name like any other.
  const shape = Object.create(null) as EventShape;
  for (const [key, entry] of Object.entries(events)) {
    if (isObject(entry) && !isSchema(entry) && (key === 'shape' || Object.hasOwn(entry, 'shape'))) {
      throw bad('Catalogs are merged by their shapes: { ...userEvents.shape, ...orderEvents.shape }.');
    }
    if (Array.isArray(events) && !isDefinition(entry)) {
      throw bad(
        `A list of events holds definitions made by defineEvent, and [${key}] is ${quote(entry)}: give schemas as an object, by name.`,
      );
    }
    const name = isDefinition(entry) ? entry.name : key;
    assertName(name);
    if (Object.hasOwn(shape, name)) {
      throw bad(`Two events are named ${quote(name)}: rename one, or leave it out.`);
    }
    const schema: unknown = isDefinition(entry) ? entry.schema : entry;
    assertSchema(schema, quote(name));
    shape[name] = schema;
  }
  return { shape: Object.freeze(shape) } as Catalog<ShapeOf<TEvents>>;
}

/**
 * Types a payload without validating it at run time.
 *
 * @example
 * ```ts
 * import { defineEvents, unchecked } from 'trpc-events';
 *
 * const catalog = defineEvents({ 'cat.spotted': unchecked<{ where: string }>() });
 * ```
 */
export function unchecked<T>(): UncheckedSchema<T> {
  return { '~standard': { version: 1, vendor: 'trpc-events', validate: (value) => ({ value: value as T }) } };
}

function isDefinition(entry: unknown): entry is AnyEventDefinition {
  return typeof entry === 'function' && 'schema' in entry && !('~standard' in entry);
}

const bad = (message: string) => new EventsError('BAD_CATALOG', message);

function assertName(name: unknown): void {
  if (isName(name)) return;
  throw bad(
    `${quote(name)} can't be the name of an event: it must be words of letters, digits, _, : and -, joined by dots, such as "user.created".${hint(name)}`,
  );
}

function hint(name: unknown): string {
  if (typeof name !== 'string') return '';
  const mended = name
    .trim()
    .replaceAll(/[\s/]+/g, '.')
    .replaceAll(/[^\w:.-]/g, '')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^\.|\.$/g, '');
  return isName(mended) && closest(name, [mended]).length > 0 ? ` Perhaps ${quote(mended)}?` : '';
}
