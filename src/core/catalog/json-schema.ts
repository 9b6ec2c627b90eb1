import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { DescribeOptions, EventDescription, JsonSchemaTarget } from '../types/describe.ts';
import { isObject, isThenable } from '../words/guards.ts';
import { causeOf, quote } from '../words/quote.ts';

type Json = Record<string, unknown>;

const NOTHING = { enum: [null] };
/** The JSON Schema of what the codec writes for types that JSON Schema lacks, by the names that schema libraries use. */
const ON_THE_WIRE: Readonly<Record<string, Json | null | undefined>> = {
  __proto__: null,
  date: { type: 'string', format: 'date-time' },
  bigint: { type: 'string', pattern: '^-?\\d+$' },
  map: { type: 'array', items: { type: 'array', items: {} } },
  set: { type: 'array', items: {} },
  nan: { enum: ['NaN'] },
  undefined: NOTHING,
  void: NOTHING,
};
/** The kinds of values that no message can hold. */
const STAYS = /^(symbol|function|promise|file|blob|error|regexp)$/;

/** Describes the schema of an event. An error in it becomes its `reason`, and stops no other event. */
export function describeSchema(
  schema: StandardSchemaV1,
  name: string,
  target: JsonSchemaTarget,
  jsonSchema: DescribeOptions['jsonSchema'],
): Pick<EventDescription, 'vendor' | 'schema' | 'reason' | 'travels' | 'optional'> {
  const described = { vendor: 'unknown', travels: true, optional: takesNothing(schema) };
  const write = (part: Part) => {
    const kind = kindOf(part);
    if (STAYS.test(kind)) described.travels = false;
    const made = part.base ?? part.jsonSchema;
    // Some defaults differ at each call, and would look like a change of the schema. A payload already contains them.
    delete made['default'];
    return Object.assign(made, ON_THE_WIRE[kind], literalOf(part));
  };
  try {
    const standard: Partial<StandardJSONSchemaV1.Props> = schema['~standard'];
    described.vendor = String(standard.vendor);
    // Each library ignores the options of the others.
    const libraryOptions = {
      unrepresentable: 'any',
      override: write,
      overrideSchema: write,
      overrideAction,
      fallback: { date: write, domain: write, proto: write, unit: write },
    };
    const own = standard.jsonSchema?.output({ target, libraryOptions });
    const made = own ?? jsonSchema?.(schema, name);
    if (!isObject(made) || Array.isArray(made) || isThenable(made))
      return { ...described, reason: whyNone(made) };
    const plain = JSON.parse(JSON.stringify(made)) as Json;
    // The message of an event without payload has no `data`, rather than one that is null.
    if (own !== undefined && plain['type'] === undefined && JSON.stringify(plain['enum']) === '[null]') {
      delete plain['enum'];
      plain['not'] = {};
    }
    return { ...described, schema: plain };
  } catch (error) {
    return { ...described, reason: causeOf(error) };
  }
}

/** Returns true if a schema takes `undefined` and returns it. JSON Schema can't say that there may be no value. */
function takesNothing(schema: StandardSchemaV1): boolean {
  try {
    const result = schema['~standard'].validate(undefined);
    if (isThenable(result)) ignoreRejection(result);
    else return result.issues === undefined && result.value === undefined;
  } catch {
    // The same schema throws when an event is dispatched, and is reported there.
  }
  return false;
}

function whyNone(made: unknown): string {
  if (isThenable(made)) ignoreRejection(made);
  const given = isThenable(made) ? 'a promise' : quote(made);
  return `Its library has no Standard JSON Schema, and jsonSchema gives ${given}.`;
}

/** Keeps a promise that nothing waits for from becoming an unhandled rejection. */
function ignoreRejection(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {});
}

/** A part of a schema, as the `override` of zod, the `overrideSchema` of valibot or the `fallback` of arktype gets it. */
interface Part {
  readonly zodSchema?: { readonly _zod: { readonly def: Definition } };
  readonly valibotSchema?: Definition;
  readonly jsonSchema: Json;
  /** The schema as arktype has written it, instead of `jsonSchema`. */
  readonly base?: Json;
  readonly code?: string;
  readonly domain?: string;
  readonly proto?: Function;
  readonly unit?: unknown;
}
interface Definition {
  readonly type: string;
  /** The values of a zod literal. */
  readonly values?: readonly unknown[];
}

function kindOf({ zodSchema, valibotSchema, code, domain, proto, unit }: Part): string {
  const { type } = zodSchema?._zod.def ?? valibotSchema ?? { type: domain ?? proto?.name.toLowerCase() };
  return type ?? (code === 'unit' ? typeof unit : code!);
}

/** Corrects a zod literal: zod writes a bigint as a number and omits undefined, but the codec writes a text and null. */
function literalOf({ zodSchema }: Part): Json | undefined {
  const values = zodSchema?._zod.def.values;
  if (!values?.some((value) => value === undefined || typeof value === 'bigint')) return undefined;
  const list = values.map((value) => (typeof value === 'bigint' ? `${value}` : value));
  return { type: undefined, const: undefined, enum: list };
}

/** Describes a valibot transformation as `{}`, because its result is unknown. */
function overrideAction(part: {
  readonly valibotAction: { readonly kind: string };
  readonly jsonSchema: Json;
}): Json {
  return part.valibotAction.kind === 'transformation' ? {} : part.jsonSchema;
}
